"""The demonstration: the whole loop on bundled data, real but for one scenario that says it is made up."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from watchbell.ads.payers.register import Register
from watchbell.ads.review import Aids
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.desk.accounts import add_user, new_password
from watchbell.desk.ads.likeness import group_alike
from watchbell.desk.ads.overview import make_overviews
from watchbell.desk.ads.review import Reviewer, import_ads
from watchbell.desk.advertisers.identity_key import IdentityKey
from watchbell.desk.advertisers.office import office_in
from watchbell.desk.cases.cases import open_cases
from watchbell.desk.cases.house import house_of
from watchbell.desk.demo_advertisers import add_advertisers
from watchbell.desk.exchange.sending import recipient_named, send_case
from watchbell.desk.exchange.sharing import Stated, import_indicators
from watchbell.desk.investigations.investigate import Question, investigate_workspace
from watchbell.desk.matching.matching import match_workspace
from watchbell.desk.samples import sample_files, sample_path
from watchbell.model.cases import Case
from watchbell.model.partners import Role, User
from watchbell.model.tlp import Tlp
from watchbell.sources.importing import import_posts
from watchbell.sources.reading import plan
from watchbell.vault.workspace import SETTINGS_FILE, Workspace

ACCOUNT = "demo"
_KEY_FILE = "identity.key"
RECIPIENT = "Whoever watches the demonstration"
QUESTION = Question(by=("link", "text", "repost"), window_s=60, min_shared=2)
# CooRTweet's data name a retweet's content by an id that stands for two retweets in 39 rows: it is no post id.
RETWEET_COLUMNS = {"account_id": "account_id", "created_at": "timestamp_share", "repost_of": "object_id"}
ADS = {"ira-ads": "ira", "snap-ads-2018": "snap", "snap-ads-2019": "snap", "scenario-ads": "jsonl"}

Tell = Callable[[str], None]


class Demonstrated(NamedTuple):
    """What the demonstration left in its workspace."""

    posts: int
    pairs: int
    groups: int
    indicators: int
    hits: int
    ads: int
    ad_decisions: int
    cases: int
    bundle: Path
    """The STIX 2.1 bundle of the case in which all rooms meet."""


def demo_workspace(root: Path) -> Workspace:
    """Return the demonstration's workspace; a new one has advertisers' pages, and the key that they need beside it."""
    if Workspace.is_at(root):
        return Workspace.create(root)
    Workspace.create(root).close()
    key = (root / _KEY_FILE).absolute()
    IdentityKey.make(key)
    with (root / SETTINGS_FILE).open("a", encoding="utf-8") as settings:
        settings.write(
            f"\n# Of the demonstration.\nadvertiser_pages = true\nidentity_key_file = {json.dumps(str(key))}\n"
        )
    return Workspace.open(root)


def demo_account(workspace: Workspace, now: datetime) -> tuple[User, str | None]:
    """Return the demonstration's account, made if it is not there, and its password if it was just made."""
    known = workspace.vault.users.get(ACCOUNT)
    if known is not None:
        return known, None
    password = new_password()
    return add_user(workspace.vault, ACCOUNT, Role.REVIEWER, password, now), password


def demonstrate(workspace: Workspace, by: User, now: datetime, tell: Tell) -> Demonstrated:
    """Run the loop once through: data in, findings, cases, a bundle out. Doing it again changes nothing.

    `tell` hears what is being done, a sentence at a time.
    """
    _bring_in(workspace, now, tell)
    tell("Looking for accounts that act as one")
    findings, described = investigate_workspace(workspace, QUESTION, now)
    tell("Looking for partners' indicators in posts and ads")
    match_workspace(workspace, now=now)
    if workspace.settings.identity_key_file is not None:
        tell("Adding made-up advertisers")
        add_advertisers(office_in(workspace), by, now)
    tell("Summing up the ad library")
    make_overviews(workspace.vault, now)
    tell("Opening cases")
    open_cases(workspace, now)
    bundle = _export(workspace, by, now)
    vault = workspace.vault
    return Demonstrated(
        posts=workspace.posts.count(),
        pairs=findings.pairs.num_rows,
        groups=described["counts"]["groups"],
        indicators=vault.indicators.count(),
        hits=vault.hits.count(),
        ads=vault.ads.count(),
        ad_decisions=sum(vault.ads.verdicts().values()),
        cases=vault.cases.count(),
        bundle=bundle,
    )


def _bring_in(workspace: Workspace, now: datetime, tell: Tell) -> None:
    tell("Importing Russian coordinated retweets of 2021 and the made-up scenario's posts")
    retweets = plan(sample_path("retweets"), source="table", mapping=RETWEET_COLUMNS, platform="twitter")
    for how in (retweets, plan(sample_path("scenario-posts"))):
        import_posts(how, workspace.posts, workspace.rejects, lambda _rows: None)
    tell("Importing indicators that Meta published, and those of a made-up partner")
    for path in sample_files("indicators"):
        import_indicators(workspace, path, Stated(Tlp.CLEAR, "Meta"), by=ACCOUNT, now=now)
    import_indicators(workspace, sample_path("scenario-bundle"), by=ACCOUNT, now=now)
    register = Register.read(sample_path("fec-committees-2016"))
    reviewer = Reviewer(RuleBook.bundled(), now, Aids(register))
    for name, source in ADS.items():
        tell(f"Importing and reviewing ads: {name}")
        import_ads(workspace, sample_path(name), source, reviewer)
    group_alike(workspace.vault)


def _export(workspace: Workspace, by: User, now: datetime) -> Path:
    """Write the bundle of the case in which most rooms meet, and return its path."""
    case = max(workspace.vault.cases.all(), key=_rooms)
    to = recipient_named(workspace.vault, RECIPIENT, now)
    bundle = send_case(workspace.vault, case, to=to, house=house_of(workspace), by=by, now=now)
    path = workspace.root / "exports" / f"{case.id}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(bundle, indent=2) + "\n", "utf-8")
    return path


def _rooms(case: Case) -> tuple[int, int, str]:
    return len({piece.kind for piece in case.evidence}), len(case.evidence), case.id
