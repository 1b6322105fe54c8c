"""Groups through time as a picture: a column for each run, a row for each lineage."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element

from watchbell.desk.elements import tag
from watchbell.desk.following import Followed, Step
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
    width, height = _LEFT + _COLUMN * len(found.steps), _TOP + _ROW * len(shown) + 4
    return tag(
        "svg",
        *_columns(found.steps, height),
        *(part for lineage in shown for part in _ties(lineage, rows)),
        *(part for lineage in shown for part in _dots(lineage, rows[lineage.number], most)),
        class_="lineages",
        viewBox=f"0 0 {width} {height}",
        width=width,
        role="img",
        aria_label=f"{len(shown):,} groups through {len(found.steps):,} runs; the table has the same facts",
        xmlns="http://www.w3.org/2000/svg",
    )


def _columns(steps: Sequence[Step], height: int) -> Iterator[Element]:
    every = -(-len(steps) // _MOST_LABELS)
    for number, step in enumerate(steps):
        yield tag("line", class_="grid", x1=_x(number), x2=_x(number), y1=_TOP - 14, y2=height)
        if number % every == 0:
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
    yield tag("text", f"lineage {lineage.number}", class_="account", x=_LEFT - 40, y=_y(row) + 4)
    for seen in lineage.sightings:
        said = f"run {seen.step + 1}: {seen.accounts:,} accounts, {', '.join(seen.changes)}"
        radius = round(_LEAST_R + _MORE_R * (seen.accounts / most) ** 0.5, 1)
        yield tag("circle", tag("title", said), cx=_x(seen.step), cy=_y(row), r=radius)


def _x(step: int) -> int:
    return _LEFT + _COLUMN * step


def _y(row: int) -> int:
    return _TOP + _ROW * row + 8
