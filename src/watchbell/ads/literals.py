"""What a text must contain for an expression to match at all, so that most rules are passed over at a glance."""

import importlib
from collections.abc import Iterable
from typing import Any

# The parser behind `re`: there is no public door to an expression's parts. Only speed rests on it, and the tests hold
# it to finding the same as a search without it.
_parser: Any = importlib.import_module("re._parser")

Needs = tuple[tuple[str, ...], ...]
"""Each group's literals are alternatives; a text that matches contains one of every group."""

# A literal shorter than this is in nearly every text and tells nothing.
_SHORTEST = 3


def needs_of(expression: str) -> Needs:
    """Return the literals that every text matching `expression` contains."""
    groups = (tuple(sorted(group)) for group in _groups(_parser.parse(expression)))
    return tuple(sorted(groups, key=len))


def may_match(text: str, needs: Needs) -> bool:
    """Tell whether `text` holds one literal of every group; if not, the expression cannot match."""
    return all(any(literal in text for literal in group) for group in needs)


def _groups(parts: Iterable[Any]) -> list[frozenset[str]]:
    found: list[frozenset[str]] = []
    run = ""
    for operation, value in parts:
        name = str(operation)
        if name == "LITERAL":
            run += chr(value)
            continue
        found += [frozenset({run})]
        run = ""
        found += _groups_within(name, value)
    found += [frozenset({run})]
    return [group for group in found if min(map(len, group)) >= _SHORTEST]


def _groups_within(name: str, value: Any) -> list[frozenset[str]]:
    """Return the groups of one part: alternatives give one group, optional parts none."""
    if name == "SUBPATTERN":
        return _groups(value[3])
    if name in {"MAX_REPEAT", "MIN_REPEAT"} and value[0] > 0:
        return _groups(value[2])
    if name == "BRANCH":
        best = [max(_groups(branch), key=_tells, default=None) for branch in value[1]]
        return [frozenset().union(*best)] if None not in best else []  # type: ignore[arg-type]  # no None is left
    return []


def _tells(group: frozenset[str]) -> tuple[int, int]:
    """Order groups by how much they tell: long literals first, then few of them."""
    return min(map(len, group)), -len(group)
