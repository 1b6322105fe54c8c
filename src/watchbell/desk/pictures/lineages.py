"""Groups through time as a picture: a column for each run, a row for each lineage."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element

from watchbell.desk.investigations.following import Followed, Step
from watchbell.desk.pictures.elements import tag
from watchbell.detect.follow import Lineage

MOST_ROWS = 40
"""Lineages that are drawn, those seen in most runs first."""

_LEFT, _COLUMN, _ROW, _TOP = 110, 64, 30, 42
_LEAST_R, _MORE_R = 3.0, 9.0
# Beyond this a label stands on every second, third … column, so that none lies on its neighbour.
_MOST_LABELS = 16


def lineages_svg(found: Followed) -> Element:
    """Draw lineages as rows of dots, larger for more accounts; curves lead where accounts split off or went up."""
    shown = sorted(found.longest()[:MOST_ROWS], key=lambda lineage: lineage.number)
    rows = {lineage.number: place for place, lineage in enumerate(shown)}
    most = max((seen.accounts for lineage in shown for seen in lineage.sightings), default=1)
    # Runs before the first group and after the last would be empty columns.
    places = [seen.step for lineage in shown for seen in lineage.sightings] or [0]
    first, last = min(places), min(max(places) + 1, len(found.steps) - 1)
    height = _TOP + _ROW * len(shown) + 4
    left, width = _x(first) - _LEFT, _x(last) - _x(first) + _LEFT + _COLUMN // 2
    return tag(
        "svg",
        *_columns(found.steps, first, last, height),
        *(part for lineage in shown for part in _ties(lineage, rows)),
        *(part for lineage in shown for part in _dots(lineage, rows[lineage.number], most)),
        *(_name(lineage, rows[lineage.number], left + _LEFT - 40) for lineage in shown),
        class_="lineages",
        viewBox=f"{left} 0 {width} {height}",
        width=width,
        role="img",
        aria_label=f"{len(shown):,} groups through {len(found.steps):,} runs; the table has the same facts",
        xmlns="http://www.w3.org/2000/svg",
    )


def _columns(steps: Sequence[Step], first: int, last: int, height: int) -> Iterator[Element]:
    every = -(-(last - first + 1) // _MOST_LABELS)
    for number, step in enumerate(steps[first : last + 1], first):
        yield tag("line", class_="grid", x1=_x(number), x2=_x(number), y1=_TOP - 14, y2=height)
        if (number - first) % every == 0:
            yield tag("text", f"{number + 1}", class_="tick", x=_x(number), y=13)
            if step.starts:
                yield tag("text", f"{step.starts.day} {step.starts:%b %y}", class_="tick", x=_x(number), y=26)


def _ties(lineage: Lineage, rows: dict[int, int]) -> Iterator[Element]:
    own = rows[lineage.number]
    places = [seen.step for seen in lineage.sightings]
    for before, after in pairwise(places):
        # A rest is dashed.
        kind = "goes-on" if after == before + 1 else "goes-on rested"
        yield tag("path", class_=kind, d=f"M{_x(before)} {_y(own)}H{_x(after)}")
    if lineage.merged_into in rows and lineage.died is not None:
        yield _curve(places[-1], own, lineage.died, rows[lineage.merged_into])
    for origin in lineage.sightings[0].others:
        if origin in rows:
            yield _curve(places[0] - 1, rows[origin], places[0], own)


def _curve(step: int, row: int, to_step: int, to_row: int) -> Element:
    middle = (_x(step) + _x(to_step)) / 2
    start, end = f"{_x(step)} {_y(row)}", f"{_x(to_step)} {_y(to_row)}"
    return tag("path", class_="moves", d=f"M{start}C{middle} {_y(row)} {middle} {_y(to_row)} {end}")


def _dots(lineage: Lineage, row: int, most: int) -> Iterator[Element]:
    for seen in lineage.sightings:
        said = f"run {seen.step + 1}: {seen.accounts:,} accounts, {', '.join(seen.changes)}"
        radius = round(_LEAST_R + _MORE_R * (seen.accounts / most) ** 0.5, 1)
        yield tag("circle", tag("title", said), cx=_x(seen.step), cy=_y(row), r=radius)


def _name(lineage: Lineage, row: int, x: int) -> Element:
    return tag("text", f"lineage {lineage.number}", class_="account", x=x, y=_y(row) + 4)


def _x(step: int) -> int:
    return _LEFT + _COLUMN * step


def _y(row: int) -> int:
    return _TOP + _ROW * row + 8
