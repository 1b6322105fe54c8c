"""Where an advertiser's website shows a code: in a TXT record of its domain, or in a file at a well-known place."""

from collections.abc import Mapping, Sequence

from watchbell.desk.advertisers.txt_records import txt_records
from watchbell.desk.exchange.outgoing import Bounds, Network, published_at
from watchbell.errors import PeerError, UsageError
from watchbell.model.addresses import registrable_domain

MARK = "watchbell-verification="
"""What a TXT record, or a line of the file, begins with; the code follows."""
WELL_KNOWN = "/.well-known/watchbell-verification.txt"
"""Where the file is (RFC 8615)."""
# A line has 31 bytes; a page that stands there in its place is not read to its end.
_FILE = Bounds(bytes=4096, seconds=10)


def published_marks(website: Mapping[str, str], servers: Sequence[str] = ()) -> list[str]:
    """Return the codes that a website publishes: those of TXT records, then those of the file.

    Args:
        website: `domain`, and `host` without `www.`.
        servers: name servers to ask, instead of those that this machine asks.

    Raises:
        UsageError: nobody answers for the domain, and there is no file either.
    """
    unanswered: UsageError | None = None
    try:
        records = _codes(txt_records(website["domain"], servers))
    except UsageError as error:
        records, unanswered = [], error
    found = records or _codes(_lines(website["host"], website["domain"]))
    if not found and unanswered is not None:
        raise unanswered
    return found


def well_known_lines(
    url: str, domain: str, *, inside: Sequence[Network] = (), authority: str | None = None
) -> list[str]:
    """Return the lines of the file at an address; none where it is not there or leads out of the domain.

    An advertiser names the host, so that no inside address is asked for them, whatever the settings say of partners.
    """
    try:
        file = published_at(
            url, _FILE, inside=inside, stays=lambda host: registrable_domain(host) == domain, authority=authority
        )
    except PeerError:
        return []
    return file.decode("utf-8", "replace").splitlines()


def _lines(host: str, domain: str) -> list[str]:
    # The host was noted without www., and many a site is at one of the two only.
    return well_known_lines(f"https://{host}{WELL_KNOWN}", domain) or well_known_lines(
        f"https://www.{host}{WELL_KNOWN}", domain
    )


def _codes(texts: Sequence[str]) -> list[str]:
    return [text.strip().removeprefix(MARK).strip() for text in texts if text.strip().startswith(MARK)]
