"""Where advertisers are dealt with: the records, the settings, the routes that apply, and the key for documents."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from watchbell.ads.advertisers.routebook import Plan, RouteBook
from watchbell.desk.advertisers.identity_key import IdentityKey
from watchbell.model.advertisers import Advertiser
from watchbell.settings import Settings
from watchbell.vault.vault import Vault
from watchbell.vault.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Office:
    """Where advertisers are dealt with: the records, the settings, and the routes that apply."""

    vault: Vault
    settings: Settings
    book: RouteBook

    def plan(self, advertiser: Advertiser) -> Plan:
        """Return what an advertiser must show."""
        return self.book.plan(advertiser.jurisdiction, advertiser.route)

    def key(self) -> IdentityKey:
        """Return the key outside the database."""
        return IdentityKey.read(self.settings.identity_key_file)


def office_in(workspace: Workspace, routes: Iterable[Path] = ()) -> Office:
    """Return where advertisers are dealt with in a workspace: by the bundled routes, its settings' and these files.

    Raises:
        InputError: a file of routes cannot be read.
    """
    book = RouteBook.bundled().with_files([*workspace.settings.route_files, *routes])
    return Office(workspace.vault, workspace.settings, book)
