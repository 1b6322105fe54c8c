"""We ourselves, as a case tells of us: our name, and what we call the techniques that it speaks of."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from watchbell.desk.exchange.disarm import framework_of
from watchbell.vault.workspace import Workspace


class House(NamedTuple):
    """Whoever tells of a case."""

    operator: str
    technique_names: Mapping[str, str] = MappingProxyType({})
    """Id of a technique of DISARM → its name, from the framework that was brought in."""


def house_of(workspace: Workspace) -> House:
    """Return the house whose workspace it is.

    Raises:
        InputError: its DISARM framework is damaged.
    """
    names = {entry.id: entry.name for entry in framework_of(workspace).entries.values()}
    return House(workspace.settings.operator, names)
