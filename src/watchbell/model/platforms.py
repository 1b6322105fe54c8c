"""How platforms write the address of an account: hosts, path forms, and the words that are no account.

Read off the platforms' public pages. A handle keeps what tells two name spaces of one platform apart: YouTube's
`/c/name` and `/user/name` need not be the channel `@name`, so they keep their prefix.
"""

import re
from typing import NamedTuple


class Site(NamedTuple):
    """A platform's account addresses: what follows the host, with groups `name` and `rest`."""

    platform: str
    path: re.Pattern[str]
    no_account: frozenset[str] = frozenset()
    """Words that stand where a name would and are the platform's own."""


def _site(platform: str, name: str, no_account: str = "") -> Site:
    return Site(platform, re.compile(rf"/(?:{name})(?P<rest>[/?].*)?", re.IGNORECASE), frozenset(no_account.split()))


_TWITTER = _site(
    "twitter",
    r"(?:(?:#|%23)!/)?@?(?P<name>\w{1,15})",
    "home explore search hashtag i intent share settings notifications messages login signup tos privacy about jobs "
    "compose download account who_to_follow",
)
_FACEBOOK = _site(
    "facebook",
    r"(?:people/[^/?]+/|pages/(?:category/)?[^/?]+/|pg/|profile\.php\?(?:[^/]*&)?id=)?(?P<name>[\w.%-]{2,100}?)",
    "groups events event watch photo photo.php story.php permalink.php video.php profile.php sharer sharer.php share "
    "share.php hashtag help login login.php marketplace gaming games reel reels plugins dialog ads business policies "
    "policy legal privacy l.php media videos photos posts people pages pg public stories notes search settings "
    "messages home.php index.php about careers directory recover r.php flx tr v2.0 permalink live donate fundraisers",
)
_INSTAGRAM = _site(
    "instagram",
    r"(?:stories/)?(?P<name>[\w.]{1,30})",
    "p reel reels tv explore stories accounts about direct developer legal web s share challenge",
)
_YOUTUBE = _site("youtube", r"@(?P<name>[^/?@]{1,100})|(?P<kind>c|user|channel)/(?P<name2>[^/?]{1,100})")
_TELEGRAM = _site(
    "telegram",
    r"(?:s/)?(?P<name>[a-z]\w{3,31})",
    "joinchat addstickers addemoji addlist addtheme share socks proxy setlanguage login invoice boost contact "
    "confirmphone giftcode iv bg msg_url resolve username",
)
_TIKTOK = _site("tiktok", r"@(?P<name>[\w.]{1,32})")
_VK = _site(
    "vk",
    r"(?P<name>[a-z0-9_.]{2,40})",
    "feed im search away.php share.php login join apps market video videos clips music audios friends groups docs "
    "support about terms privacy restore menu settings discover",
)
_PINTEREST = _site("pinterest", r"(?P<name>[\w-]{3,40})", "pin ideas search today explore business login source topics")
_OWN_NAME = r"(?P<name>[^/?@]{1,100})"

SITES: dict[str, Site] = {
    "twitter.com": _TWITTER,
    "x.com": _TWITTER,
    # Mirrors that show X's posts under X's own paths.
    **dict.fromkeys(("fxtwitter.com", "vxtwitter.com", "fixupx.com", "fixvx.com", "nitter.net"), _TWITTER),
    "facebook.com": _FACEBOOK,
    "fb.com": _FACEBOOK,
    "instagram.com": _INSTAGRAM,
    "youtube.com": _YOUTUBE,
    "t.me": _TELEGRAM,
    "telegram.me": _TELEGRAM,
    "telegram.dog": _TELEGRAM,
    "tiktok.com": _TIKTOK,
    "vk.com": _VK,
    "vk.ru": _VK,
    "medium.com": _site("medium", f"@{_OWN_NAME}"),
    "reddit.com": _site("reddit", r"(?:user|u)/(?P<name>[\w-]{2,30})"),
    "truthsocial.com": _site("truthsocial", r"(?:@|users/)(?P<name>\w{1,40})"),
    "gettr.com": _site("gettr", r"user/(?P<name>\w{1,40})"),
    "gab.com": _site(
        "gab", r"(?P<name>\w{2,40})", "groups g explore auth about news marketplace search tags home settings"
    ),
    "parler.com": _site("parler", r"(?:profile/|user/|@)(?P<name>\w{1,40})"),
    "rumble.com": _site("rumble", r"user/(?P<name>[^/?]{1,100})|(?P<kind>c)/(?P<name2>[^/?]{1,100})"),
    "threads.net": _site("threads", r"@(?P<name>[\w.]{1,30})"),
    "threads.com": _site("threads", r"@(?P<name>[\w.]{1,30})"),
    "bsky.app": _site("bluesky", r"profile/(?P<name>[\w.:-]{3,253})"),
    "linkedin.com": _site("linkedin", r"in/(?P<name>[^/?]{1,100})|(?P<kind>company)/(?P<name2>[^/?]{1,100})"),
    "ok.ru": _site("ok", r"profile/(?P<name>\d{1,20})"),
    "quora.com": _site("quora", r"profile/(?P<name>[^/?]{1,100})"),
    "tumblr.com": _site(
        "tumblr", r"(?:blog/(?:view/)?)?@?(?P<name>[\w-]{1,32})", "dashboard explore tagged search login register about"
    ),
    "substack.com": _site("substack", f"@{_OWN_NAME}"),
    "steemit.com": _site("steemit", f"@{_OWN_NAME}"),
    "soundcloud.com": _site("soundcloud", r"(?P<name>[\w-]{3,40})", "discover search upload stream you charts tags"),
    "vimeo.com": _site("vimeo", r"(?P<name>user\d{1,12})"),
    "flickr.com": _site("flickr", r"(?:photos|people)/(?P<name>[^/?]{1,60})", "tags"),
    "github.com": _site(
        "github", r"(?P<name>[a-z0-9-]{1,39})", "features topics search login join about pricing orgs settings explore"
    ),
} | dict.fromkeys(
    ("pinterest.com", "pinterest.co.uk", "pinterest.de", "pinterest.fr", "pinterest.es", "pinterest.ca"), _PINTEREST
)
"""Host → its account addresses. A language or mobile prefix (`m.`, `fr.`) is taken off before looking."""

SUBDOMAIN_SITES = {
    "t.me": "telegram",
    "medium.com": "medium",
    "tumblr.com": "tumblr",
    "substack.com": "substack",
    "livejournal.com": "livejournal",
}
"""Parent host → platform, where an account's page is `name.parent`."""

NO_ACCOUNT_SUBDOMAINS = frozenset({"www", "m", "mobile", "blog", "help", "policy", "status", "assets", "api", "cdn"})

PREFIX = re.compile(r"(?:www|m|mobile|web|old|new|np|amp|touch|mbasic|music|[a-z]{2}(?:-[a-z]{2})?)\.")
"""What platforms put before their host for the same pages in another dress."""

TABS = frozenset(
    {"", "about", "answers", "comments", "community", "featured", "media", "overview", "photos", "playlists", "posts"}
    | {"shorts", "streams", "submitted", "timeline", "videos", "with_replies"}
)
"""What may follow an account's name while the page is still the account's, not one post's."""

FEDIVERSE = re.compile(
    r"/(?:@|users/)(?P<name>\w{1,60})(?:@(?P<home>[a-z0-9.-]{3,253}))?(?P<rest>[/?].*)?", re.IGNORECASE
)
"""The form that Mastodon and its kin use on any host."""
