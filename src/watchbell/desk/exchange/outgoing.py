"""Requests to partners' servers: bounded in size and time, and never steered to where the operator did not mean.

`Connection` speaks TAXII to a peer; `post_once` tells a webhook; `published_at` reads what somebody publishes.

A name is looked up once, every address that it has is checked, and the connection goes to the address that was checked.
So neither a name that points inside nor one that changes between two looks reaches a machine of the house.
"""

import asyncio
import ssl
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, NamedTuple, Self, TypeVar
from urllib.parse import urljoin

import httpx

from watchbell.errors import PeerError, UsageError
from watchbell.exchange.taxii import MEDIA_TYPE, is_envelope
from watchbell.exchange.taxii_client import origin_of
from watchbell.model.peers import Peer

MOST_BYTES = 64 * 1024 * 1024
"""The longest answer that is read; a thousand objects have about one megabyte."""
MOST_SECONDS = 300
"""How long one answer may take in all, however slowly it drips. Servers that hold all in memory take half a minute."""
SILENT_SECONDS = 60
_MOST_REDIRECTS = 3
_MOST_TRIES = 3
_LONGEST_WAIT_S = 30
_REDIRECTS = frozenset({301, 302, 307, 308})
_AGAIN = frozenset({429, 502, 503, 504})
_PLAIN_JSON = "application/json"
_NAT64 = ip_network("64:ff9b::/96")

Network = IPv4Network | IPv6Network
T = TypeVar("T")


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def networks_named(names: Sequence[str], setting: str = "peer_networks") -> list[Network]:
    """Return the networks that a setting lists.

    Raises:
        UsageError: one is none.
    """
    try:
        return [ip_network(name) for name in names]
    except ValueError as error:
        raise UsageError(f"The setting {setting}: {error}; it lists networks such as 10.20.0.0/16.") from error


def may_be_asked(address: str, inside: Sequence[Network]) -> bool:
    """Tell whether an address is outside the house, or in a network that the operator named.

    An IPv6 address that carries one of IPv4 counts as that one.
    """
    found = _carried(address)
    return _is_in(address, inside) or (found.is_global and not found.is_multicast)


def _is_in(address: str, inside: Sequence[Network]) -> bool:
    found = _carried(address)
    return any(found in network for network in inside)


def _carried(address: str) -> IPv4Address | IPv6Address:
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return found
    translated = IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else None
    return found.ipv4_mapped or found.sixtofour or translated or found


class Connection:
    """A connection to one peer; use it as a context manager."""

    def __init__(self, peer: Peer, token: str, inside: Sequence[Network]) -> None:
        """Speak to `peer`, also where its addresses are in the networks `inside`.

        Raises:
            UsageError: a file of certificates cannot be used.
        """
        self._peer = peer
        self._runner = asyncio.Runner()
        given = {"accept": MEDIA_TYPE}
        if peer.username is None:
            given["authorization"] = f"Bearer {token}"
        self._client = httpx.AsyncClient(
            auth=None if peer.username is None else httpx.BasicAuth(peer.username, token),
            headers=given,
            transport=_Transport(inside, verify=_context(peer)),
            timeout=httpx.Timeout(SILENT_SECONDS, connect=15),
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._run(self._client.aclose())
        _beside_a_loop(self._runner.close)

    def get(self, url: str, parameters: Mapping[str, str] | None = None, *, is_repeatable: bool = True) -> Answer:
        """Return what is at `url`; `is_repeatable` tells whether it may be asked for again where the line broke.

        Raises:
            PeerError: the server cannot be reached, answers too slowly, too much, or in another media type.
        """
        target = str(httpx.URL(url, params=dict(parameters))) if parameters else url
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._ask("GET", target, tries=_MOST_TRIES if is_repeatable else 1)
            if answer.status not in _REDIRECTS:
                return answer
            target = self._redirected(target, answer)
        raise PeerError(f"{self._peer.name} sends us in circles: {url}.")

    def post(self, url: str, body: bytes) -> Answer:
        """Send an envelope to `url` and return the answer.

        Raises:
            PeerError: as `get` does, or the server sends us elsewhere.
        """
        answer = self._ask("POST", url, body)
        if answer.status in _REDIRECTS:
            raise PeerError(f"{self._peer.name} takes no envelopes at {url}: it sends us elsewhere.")
        return answer

    def _redirected(self, url: str, answer: Answer) -> str:
        target = urljoin(url, answer.headers.get("location", ""))
        if origin_of(target) != origin_of(self._peer.url):
            raise PeerError(
                f"{self._peer.name} sends us to {target[:200]}, another server, which is not told our token. If that "
                "is right, change the peer's address: watchbell taxii add."
            )
        return target

    def _ask(self, method: str, url: str, body: bytes | None = None, *, tries: int = _MOST_TRIES) -> Answer:
        try:
            return self._run(self._patiently(method, url, body, tries))
        except TimeoutError as error:
            raise PeerError(f"{self._peer.name} did not answer within {MOST_SECONDS} seconds: {url}.") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise PeerError(f"{self._peer.name} cannot be reached at {url}: {reason}.") from error

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return _beside_a_loop(lambda: self._runner.run(work))

    async def _patiently(self, method: str, url: str, body: bytes | None, tries: int) -> Answer:
        """Ask, and ask again where the server is only busy or the line broke."""
        for number in range(1, tries):
            wait = float(number)
            try:
                answer = await self._once(method, url, body)
            except httpx.TransportError:
                pass
            else:
                if answer.status not in _AGAIN:
                    return answer
                said = answer.headers.get("retry-after", "")
                wait = min(float(said), _LONGEST_WAIT_S) if said.isdecimal() else wait
            await asyncio.sleep(wait)
        return await self._once(method, url, body)

    async def _once(self, method: str, url: str, body: bytes | None) -> Answer:
        headers = {} if body is None else {"content-type": MEDIA_TYPE}
        async with (
            asyncio.timeout(MOST_SECONDS),
            self._client.stream(method, url, content=body, headers=headers) as response,
        ):
            read = await _bounded(response, MOST_BYTES, self._peer.name, f": {url}")
            return Answer(response.status_code, response.headers, read)


def post_once(
    url: str, body: bytes, headers: Mapping[str, str], *, inside: Sequence[Network], authority: str | None, seconds: int
) -> Answer:
    """Send a body to an address once, following no redirect, and return the answer without its body.

    Args:
        url: where to.
        body: what.
        headers: with which headers.
        inside: networks inside the house that may be asked all the same.
        authority: file of the certificates that vouch for the server, where these are not the usual ones.
        seconds: how long it may take.

    Raises:
        PeerError: it cannot be reached, may not be asked, or does not answer in time. The address is not repeated, for
            it may hold a secret.
        UsageError: the file of certificates cannot be used.
    """
    transport = _Transport(inside, verify=_trusting(authority, "the webhook"))
    try:
        return _beside_a_loop(lambda: asyncio.run(_posted(transport, url, body, headers, seconds)))
    except TimeoutError as error:
        raise PeerError(f"It did not answer within {seconds} seconds.") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise PeerError(f"It cannot be reached: {str(error) or type(error).__name__}.") from error


async def _posted(transport: "_Transport", url: str, body: bytes, headers: Mapping[str, str], seconds: int) -> Answer:
    async with (
        asyncio.timeout(seconds),
        httpx.AsyncClient(transport=transport, timeout=seconds, follow_redirects=False) as client,
        client.stream("POST", url, content=body, headers=dict(headers)) as response,
    ):
        return Answer(response.status_code, response.headers, b"")


class Bounds(NamedTuple):
    """How much is read of what somebody publishes, and for how long."""

    bytes: int
    seconds: int


def published_at(
    url: str,
    bounds: Bounds,
    *,
    inside: Sequence[Network] = (),
    stays: Callable[[str], bool] = lambda _: True,
    authority: str | None = None,
) -> bytes:
    """Return what is published at an address; nobody is told who asks.

    Args:
        url: the address.
        bounds: how much is read, and for how long in all.
        inside: networks inside the house that may be asked all the same.
        stays: whether a redirect may lead to a host.
        authority: file of the certificates that vouch for the server, where these are not the usual ones.

    Raises:
        PeerError: it cannot be reached, may not be asked, leads elsewhere, is too long, too slow, or not there.
        UsageError: the file of certificates cannot be used.
    """
    transport = _Transport(inside, verify=_trusting(authority, url))
    try:
        return _beside_a_loop(lambda: asyncio.run(_published(transport, url, bounds, stays)))
    except TimeoutError as error:
        raise PeerError(f"{url} did not answer within {bounds.seconds} seconds.") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise PeerError(f"{url} cannot be reached: {str(error) or type(error).__name__}.") from error


async def _published(transport: "_Transport", url: str, bounds: Bounds, stays: Callable[[str], bool]) -> bytes:
    target = url
    async with (
        asyncio.timeout(bounds.seconds),
        httpx.AsyncClient(transport=transport, timeout=bounds.seconds, follow_redirects=False) as client,
    ):
        for _ in range(_MOST_REDIRECTS + 1):
            async with client.stream("GET", target) as response:
                if response.status_code not in _REDIRECTS:
                    return await _body(response, url, bounds.bytes)
                target = urljoin(target, response.headers.get("location", ""))
            if not stays(httpx.URL(target).host):
                raise PeerError(f"{url} leads to {target[:200]}, elsewhere.")
    raise PeerError(f"{url} leads in circles.")


async def _body(response: httpx.Response, url: str, most: int) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise PeerError(f"{url} answers with status {response.status_code}.")
    return await _bounded(response, most, url)


async def _bounded(response: httpx.Response, most: int, who: str, where: str = "") -> bytes:
    pieces, length = [], 0
    async for piece in response.aiter_bytes():
        length += len(piece)
        if length > most:
            raise PeerError(f"{who} answers with more than {most:,} bytes{where}.")
        pieces.append(piece)
    return b"".join(pieces)


def _beside_a_loop(work: Callable[[], T]) -> T:
    """Do it here; where a loop runs in this thread already, as in a notebook, in a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(work).result()


class _Transport(httpx.AsyncHTTPTransport):
    """Connects to the address that was checked, and to no other."""

    def __init__(self, inside: Sequence[Network], verify: ssl.SSLContext) -> None:
        super().__init__(verify=verify)
        self._inside = inside

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.raw_host.decode("ascii")
        addresses = await _addresses(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        for address in addresses:
            if not may_be_asked(address, self._inside):
                raise PeerError(
                    f"{host} is at {address}, inside the house. If a partner's server stands there, name its network "
                    "in the setting peer_networks."
                )
        if request.url.scheme != "https" and not all(_is_in(address, self._inside) for address in addresses):
            raise PeerError(f"{host} is asked without TLS; that shows others our token, or what we tell.")
        request.url = request.url.copy_with(host=addresses[0])
        # The name stands in the request and in the certificate, although the connection goes to an address.
        request.extensions = {**request.extensions, "sni_hostname": host}
        return await super().handle_async_request(request)


async def _addresses(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, proto=6)  # TCP
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _context(peer: Peer) -> ssl.SSLContext:
    context = _trusting(peer.authority, peer.name)
    if peer.certificate is not None:
        try:
            context.load_cert_chain(peer.certificate, peer.key)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"The certificates for {peer.name} cannot be used: {error}.") from error
    return context


def _trusting(authority: str | None, whose: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authority) if authority else httpx.create_ssl_context()
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"The certificates for {whose} cannot be used: {error}.") from error


def refuse_other_media(answer: Answer) -> None:
    """Return if an answer is in a media type that can be TAXII 2.1.

    Raises:
        PeerError: it is in another.
    """
    said = answer.headers.get("content-type", "")
    if not is_envelope(said) and said.partition(";")[0].strip().lower() != _PLAIN_JSON:
        raise PeerError(
            f"It answers with {said[:80] or 'no media type'!r}, not {MEDIA_TYPE}. Is that its TAXII 2.1 root?"
        )


def fault_of(answer: Answer, decoded: Any) -> str:
    """Return what a server says is wrong, in a line (section 3.6.1)."""
    title = decoded.get("title") if isinstance(decoded, dict) else None
    return f"status {answer.status}" + (f", {title[:200]!r}" if isinstance(title, str) else "")
