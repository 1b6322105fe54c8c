"""Declared outlets: accounts that announce themselves, so that their acting alike deceives nobody."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from watchbell.errors import InputError


@dataclass(frozen=True)
class Outlet:
    """Who announces the account as its own, and what kind of outlet it is."""

    name: str
    kind: str


@dataclass(frozen=True)
class Outlets:
    """A version of the list: the outlet of each declared account."""

    version: str
    source: str
    of_account: dict[str, Outlet]
    """By account id, in lower case."""

    def outlet(self, account_id: str) -> Outlet | None:
        """Return the outlet that announces an account as its own, or None."""
        return self.of_account.get(account_id.lower())


@cache
def bundled_outlets() -> Outlets:
    """Return the list that ships with Watchbell."""
    return read_outlets(files("watchbell.detect") / "lists" / "outlets.toml")


def read_outlets(path: Path | Traversable) -> Outlets:
    """Read a list: TOML with `version`, `source` and tables `[[outlet]]` of `name`, `kind` and `accounts`.

    Raises:
        InputError: the file cannot be read, is no TOML, or an entry lacks something or claims another's account.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise InputError(f"{path} cannot be read as a list of outlets (TOML): {problem}") from problem
    of_account: dict[str, Outlet] = {}
    entries = told.get("outlet", [])
    if not isinstance(entries, list):
        raise InputError(f"{path}: write each outlet as a table of its own, [[outlet]].")
    for number, entry in enumerate(entries, 1):
        outlet, accounts = _entry(entry, f"{path}, outlet {number}")
        for account in accounts:
            known = of_account.setdefault(account.lower(), outlet)
            if known != outlet:
                raise InputError(f"{path}, outlet {number}: {account} is already an account of {known.name}.")
    return Outlets(str(told.get("version", "")), str(told.get("source", "")), of_account)


def _entry(entry: Any, where: str) -> tuple[Outlet, list[str]]:
    if not isinstance(entry, dict):
        raise InputError(f"{where}: write it as a table, [[outlet]].")
    for field in ("name", "kind"):
        if not isinstance(entry.get(field), str) or not entry[field].strip():
            raise InputError(f"{where}: {field} must be a text.")
    accounts = entry.get("accounts")
    if not isinstance(accounts, list) or not all(isinstance(account, str) and ":" in account for account in accounts):
        raise InputError(f'{where}: accounts must be a list of account ids such as "twitter:reuters".')
    return Outlet(entry["name"], entry["kind"]), accounts
