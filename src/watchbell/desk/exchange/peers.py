"""Peers: which partners' servers this house asks and tells, and with which credentials."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from watchbell.desk.exchange.outgoing import Answer, Connection, fault_of, networks_named, refuse_other_media
from watchbell.errors import PeerError, UsageError
from watchbell.exchange.taxii_client import Remote, Root, collections_of, origin_of, root_of, root_urls
from watchbell.files.whole import replacing
from watchbell.model.partners import Partner
from watchbell.model.peers import Peer
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault
from watchbell.vault.workspace import Workspace

MOST_SENT_BYTES = 4 * 1024 * 1024
"""The largest envelope that is sent, however much more a server takes."""
_FOLDER = "peers"
_LONGEST_TOKEN = 8_192


class Reached(NamedTuple):
    """A peer's API root, and the collections that it shows us."""

    connection: Connection
    root: Root
    collections: list[Remote]


def add_peer(workspace: Workspace, peer: Peer, token: str, *, by: str, now: datetime) -> None:
    """Keep a peer, in the place of the one of its name, and its token in a file that only its owner may read.

    Raises:
        UsageError: the address or the token cannot be used.
    """
    scheme, host, _ = origin_of(peer.url)
    if scheme not in ("https", "http") or not host or "@" in peer.url:
        raise UsageError(f"{peer.url!r} is no address of a TAXII server; it looks like https://desk.example/taxii2/.")
    if not 0 < len(token) <= _LONGEST_TOKEN or not token.isprintable() or not token.isascii():
        raise UsageError("The file of the token has to hold the token alone, in one line.")
    place = _token_file(workspace, peer.name)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    with replacing(place) as part:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        part.write_text(token, "utf-8")
    details = {"url": peer.url, "partner": peer.partner_id}
    workspace.vault.peers.put(peer, Entry(by, "peer.added", peer.name, details, now))


def peer_named(vault: Vault, name: str) -> Peer:
    """Return the peer of this name.

    Raises:
        UsageError: there is none.
    """
    found = vault.peers.get(name)
    if found is None:
        known = ", ".join(peer.name for peer in vault.peers.all()) or "there is none yet"
        raise UsageError(f"There is no peer {name!r}; known: {known}. Add it: watchbell taxii add.")
    return found


def partner_of(vault: Vault, peer: Peer) -> Partner:
    """Return whose server a peer is.

    Raises:
        UsageError: the exchange with this partner rests.
    """
    partner = vault.partners.get(peer.partner_id)
    if partner is None or partner.suspended:
        raise UsageError(f"The exchange with the partner of {peer.name} rests: nothing is pulled or pushed.")
    return partner


def connection_to(workspace: Workspace, peer: Peer) -> Connection:
    """Return a connection to a peer, with its token.

    Raises:
        UsageError: the exchange with the partner rests, its token is not there, or its certificates or the setting
            `peer_networks` cannot be used.
    """
    partner_of(workspace.vault, peer)
    try:
        token = _token_file(workspace, peer.name).read_text("utf-8")
    except OSError as error:
        raise UsageError(
            f"The token for {peer.name} cannot be read. Add the peer again: watchbell taxii add."
        ) from error
    return Connection(peer, token, networks_named(workspace.settings.peer_networks))


def reach(connection: Connection, peer: Peer) -> Reached:
    """Return what there is at a peer: of several API roots the default one, else the first.

    Raises:
        PeerError: it cannot be reached, refuses us, or is no TAXII 2.1 server.
    """
    url = peer.url.rstrip("/") + "/"
    document = resource(connection, url, peer)
    roots = root_urls(document, url)
    if roots is not None:
        if not roots:
            raise PeerError(f"{peer.name} names no API root at {url}.")
        url = roots[0]
        document = resource(connection, url, peer)
    root = root_of(document, url, MOST_SENT_BYTES)
    return Reached(connection, root, collections_of(resource(connection, f"{url}collections/", peer)))


def resource(connection: Connection, url: str, peer: Peer) -> Mapping[str, Any]:
    """Return what is at `url`, as a JSON object.

    Raises:
        PeerError: it cannot be had.
    """
    return document_in(connection.get(url), url, peer)


def document_in(answer: Answer, url: str, peer: Peer) -> Mapping[str, Any]:
    """Return the JSON object that a server answered with.

    Raises:
        PeerError: it refused, or answered with something else.
    """
    demand_success(answer, url, peer)
    decoded = _decoded(answer)
    if not isinstance(decoded, dict):
        raise PeerError(f"{peer.name} answers with no JSON object: {url}.")
    return decoded


def demand_success(answer: Answer, url: str, peer: Peer) -> None:
    """Return if a server did what it was asked, and answered in a media type that can be TAXII 2.1.

    Raises:
        PeerError: it refused, or answered in another.
    """
    if not is_success(answer):
        raise PeerError(f"{peer.name} refuses {url}: {fault_of(answer, _decoded(answer))}.")
    refuse_other_media(answer)


def is_success(answer: Answer) -> bool:
    """Tell whether a server did what it was asked (RFC 9110 section 15.3)."""
    return answer.status // 100 == 2  # noqa: PLR2004  # the class of successes


def _decoded(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _token_file(workspace: Workspace, name: str) -> Path:
    return workspace.root / _FOLDER / f"{name}.token"
