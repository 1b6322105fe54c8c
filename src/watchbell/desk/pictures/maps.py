"""Maps of sums: the states of the United States, and Europe's countries, darker where more was spent.

`scripts/make_maps.py` makes the outlines and says where they come from.
"""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from watchbell.desk.ads.sums import Part
from watchbell.desk.pictures.elements import tag

SHADES = 5
"""Steps of a map's shade."""
_FOLDER = Path(__file__).with_name("maps")
# A place narrower than this, in the map's units, has no room for its two letters; below the second one it is a dot.
_ROOM, _DOT = 34, 9
_KEY_HIGH = 44
# A map that is wider is drawn smaller, so that its letters must be larger.
_WIDE = 800


class Place(NamedTuple):
    """A place of a map: its outline, and the middle and width of its largest part."""

    code: str
    name: str
    x: float
    y: float
    wide: int
    path: str


class Map(NamedTuple):
    """Outlines that are drawn together."""

    source: str
    width: int
    height: int
    places: tuple[Place, ...]

    def placed(self, parts: Iterable[Part]) -> dict[str, Part]:
        """Return those of some parts that are places here, by their codes; they may bear the code or the name."""
        codes = {word.casefold(): place.code for place in self.places for word in (place.code, place.name)}
        named = ((codes.get(part.name.casefold()), part) for part in parts)
        return {code: part for code, part in named if code is not None}


@cache
def read_map(name: str) -> Map:
    """Return a bundled map: `us` or `europe`."""
    told = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
    return Map(told["source"], told["width"], told["height"], tuple(Place(**place) for place in told["places"]))


def map_svg(drawn: Map, parts: Mapping[str, Part], currency: str, said: str) -> Element:
    """Draw a map, each place as dark as the most that can have been spent on it, with a key to the shades.

    Args:
        drawn: the outlines.
        parts: ads and spend by the code of a place; a place that is not in it has none.
        currency: of the spend.
        said: what a screen reader says.
    """
    most = max((_most(part) for part in parts.values()), default=Decimal(0))
    places = [_place(place, parts.get(place.code), most, currency) for place in drawn.places]
    key = [_key(drawn, step, most, currency) for step in range(SHADES + 1)]
    box = f"0 0 {drawn.width} {drawn.height + _KEY_HIGH}"
    xmlns = "http://www.w3.org/2000/svg"
    return tag(
        "svg",
        *places,
        *key,
        class_="map" if drawn.width < _WIDE else "map large",
        viewBox=box,
        role="img",
        aria_label=said,
        xmlns=xmlns,
    )


def _place(place: Place, part: Part | None, most: Decimal, currency: str) -> Element:
    small = place.wide < _DOT
    return tag(
        "g",
        tag("title", f"{place.name}: {_told(part, currency)}"),
        tag("path", d=place.path),
        tag("circle", cx=place.x, cy=place.y, r=5) if small else None,
        tag("text", place.code, x=place.x, y=place.y + 4) if place.wide >= _ROOM else None,
        class_=f"shade-{_shade(part, most)}",
    )


def _key(drawn: Map, step: int, most: Decimal, currency: str) -> Element:
    x = 8 + step * (drawn.width - 60) // (SHADES + 1)
    upto = f"to {most * step / SHADES:,.0f}" if step else "none"
    return tag(
        "g",
        tag("rect", x=x, y=drawn.height + 12, width=18, height=18),
        tag("text", upto + (f" {currency}" if step == SHADES else ""), x=x + 23, y=drawn.height + 27),
        class_=f"key shade-{step}",
    )


def _told(part: Part | None, currency: str) -> str:
    if part is None:
        return "no ads"
    ads = f"{part.ads:,} {'ad' if part.ads == 1 else 'ads'}"
    if part.upper is None:
        return f"{ads}, {part.lower:,.0f} {currency} or more"
    bounds = f"{part.lower:,.0f}" if part.upper == part.lower else f"{part.lower:,.0f} to {part.upper:,.0f}"
    return f"{ads}, {bounds} {currency}"


def _shade(part: Part | None, most: Decimal) -> int:
    if part is None or not part.ads:
        return 0
    return max(1, int(-(-SHADES * _most(part) // most))) if most else 1


def _most(part: Part) -> Decimal:
    return part.lower if part.upper is None else part.upper
