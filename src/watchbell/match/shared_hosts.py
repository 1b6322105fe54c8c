"""Which hosts are shared by so many people that being on one says nothing: the warning list, and public suffixes."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from watchbell.model.addresses import registrable_domain


class SharedHost(NamedTuple):
    """An entry of the warning list."""

    host: str
    category: str
    reason: str
    customers_below: bool
    """Each host below it belongs to one customer, and so can match."""


class WarningList(NamedTuple):
    """A version of the list."""

    version: str
    source: str
    hosts: Mapping[str, SharedHost]


@cache
def warning_list() -> WarningList:
    """Return the list that ships with Watchbell."""
    text = (files("watchbell.match") / "warninglists" / "shared_hosts.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    version, source = told.pop("version"), told.pop("source")
    hosts = {
        host: SharedHost(host, category, group["reason"], group["below"] == "customers")
        for category, group in told.items()
        for host in group["hosts"]
    }
    return WarningList(version, source, hosts)


def why_shared(host: str) -> str | None:
    """Return why a canonical host names nobody, or None where it is somebody's own.

    >>> why_shared("m.facebook.com"), why_shared("someone.wordpress.com")
    ('a social network: each account has its own address', None)
    """
    listed = warning_list().hosts
    bare = host.removeprefix("www.").removeprefix("m.")
    if bare in listed:
        return listed[bare].reason
    for parent in parents(host):
        entry = listed.get(parent)
        if entry is not None:
            return None if entry.customers_below else entry.reason
    return "a public suffix, below which anybody can register" if registrable_domain(host) is None else None


def parents(host: str) -> list[str]:
    """Return the hosts above a host, nearest first: `a.b.c` → `b.c`, `c`."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(1, len(labels))]
