"""Make the outlines that the library's maps are drawn from: the United States' states, and Europe's countries.

    python scripts/make_maps.py states-albers-10m.json countries-50m.json

The first is of the package `us-atlas` 3.0.1 on npm: the Census Bureau's cartographic boundary files of 2017, a work of
the United States government and in the public domain, projected (Albers, Alaska and Hawaii set in) to 975 by 610. The
second is of the package `world-atlas` 2.0.2: Natural Earth 4.1.0, 1:50m, in the public domain. Both are TopoJSON:
borders that two places share are one arc, and are thinned once, so that no gap opens between them.

Europe is projected as Lambert azimuthal equal-area around 10° E, 52° N, as its statisticians do (EPSG:3035).
"""

import json
import math
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

Point = tuple[float, float]
HERE = Path(__file__).parents[1] / "src/watchbell/desk/pictures/maps"
# How far a thinned border may lie from the true one, and how large an island must be, in the map's units.
FAR, SMALL = 0.9, 12.0
US_BOX, EUROPE_BOX = (975, 610), (600, 570)
# The Union's members, and those whose elections are run beside theirs; Natural Earth draws the north of Cyprus apart.
EUROPE = {
    "040": "AT", "056": "BE", "100": "BG", "191": "HR", "196": "CY", "203": "CZ", "208": "DK", "233": "EE",
    "246": "FI", "250": "FR", "276": "DE", "300": "GR", "348": "HU", "352": "IS", "372": "IE", "380": "IT",
    "428": "LV", "438": "LI", "440": "LT", "442": "LU", "470": "MT", "528": "NL", "578": "NO", "616": "PL",
    "620": "PT", "642": "RO", "703": "SK", "705": "SI", "724": "ES", "752": "SE", "756": "CH", "826": "GB",
}  # fmt: skip
NORTH_OF_CYPRUS = "N. Cyprus"
STATES = {
    "AK": "Alaska", "AL": "Alabama", "AR": "Arkansas", "AZ": "Arizona", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DC": "District of Columbia", "DE": "Delaware", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "IA": "Iowa", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "MA": "Massachusetts", "MD": "Maryland", "ME": "Maine", "MI": "Michigan", "MN": "Minnesota",
    "MO": "Missouri", "MS": "Mississippi", "MT": "Montana", "NC": "North Carolina", "ND": "North Dakota",
    "NE": "Nebraska", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NV": "Nevada", "NY": "New York",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VA": "Virginia",
    "VT": "Vermont", "WA": "Washington", "WI": "Wisconsin", "WV": "West Virginia", "WY": "Wyoming",
}  # fmt: skip


def main(us_file: str, world_file: str) -> None:
    """Write both maps."""
    states = json.loads(Path(us_file).read_text())
    codes = {name: code for code, name in STATES.items()}
    arcs = [_thinned(arc) for arc in _arcs(states)]
    places = [(codes[one["properties"]["name"]], one["properties"]["name"], one)
              for one in states["objects"]["states"]["geometries"] if one["properties"]["name"] in codes]  # fmt: skip
    _write("us", "Census Bureau, cartographic boundary files 2017 (public domain)", _drawn(places, arcs), US_BOX)
    world = json.loads(Path(world_file).read_text())
    arcs = [_thinned([_projected(point) for point in arc]) for arc in _arcs(world)]
    countries = world["objects"]["countries"]["geometries"]
    places = [(EUROPE[one["id"]], one["properties"]["name"], one) for one in countries if one.get("id") in EUROPE]
    north = next(one for one in countries if one["properties"]["name"] == NORTH_OF_CYPRUS)
    for code, _, one in places:
        if code == "CY":
            one |= {"type": "MultiPolygon", "arcs": [one["arcs"], north["arcs"]]}
    _write("europe", "Natural Earth 4.1.0, 1:50m (public domain)", _drawn(places, arcs), EUROPE_BOX)


def _arcs(topology: dict[str, Any]) -> list[list[Point]]:
    scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            points.append((x * scale[0] + move[0], y * scale[1] + move[1]))
        found.append(points)
    return found


def _projected(point: Point) -> Point:
    """Project longitude and latitude; what lies far from Europe is left where no map shows it."""
    longitude, latitude = math.radians(point[0] - 10), math.radians(point[1])
    middle = math.radians(52)
    away = 1 + math.sin(middle) * math.sin(latitude) + math.cos(middle) * math.cos(latitude) * math.cos(longitude)
    k = math.sqrt(2 / max(away, 1e-9))
    x = k * math.cos(latitude) * math.sin(longitude)
    y = k * (math.cos(middle) * math.sin(latitude) - math.sin(middle) * math.cos(latitude) * math.cos(longitude))
    return 270 + x * 890, 315 - y * 890


def _thinned(points: list[Point]) -> list[Point]:
    """Leave out points that lie near the line between those that stay (Douglas and Peucker 1973)."""
    if not points[1:-1]:
        return points
    (x, y), (end_x, end_y) = points[0], points[-1]
    length = math.hypot(end_x - x, end_y - y)
    distances = [
        abs((end_x - x) * (y - py) - (x - px) * (end_y - y)) / length if length else math.hypot(px - x, py - y)
        for px, py in points[1:-1]
    ]
    far = max(distances)
    if far <= FAR and length:
        return [points[0], points[-1]]
    at = distances.index(far) + 1
    return _thinned(points[: at + 1])[:-1] + _thinned(points[at:])


def _drawn(places: list[tuple[str, str, dict[str, Any]]], arcs: list[list[Point]]) -> list[dict[str, Any]]:
    drawn = []
    for code, name, geometry in sorted(places, key=lambda place: place[0]):
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        rings = [ring for ring in (_ring(polygon[0], arcs) for polygon in polygons) if _on_map(ring)]
        rings.sort(key=_area, reverse=True)
        kept = rings[:1] + [ring for ring in rings[1:] if _area(ring) >= SMALL]
        x, y = _middle(kept[0])
        path = "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring[:-1]) + "Z" for ring in kept)
        left, right = min(x for x, _ in kept[0]), max(x for x, _ in kept[0])
        place = {"code": code, "name": name, "x": round(x, 1), "y": round(y, 1), "wide": round(right - left)}
        drawn.append(place | {"path": path})
    return drawn


def _ring(numbers: list[int], arcs: list[list[Point]]) -> list[Point]:
    points: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


def _on_map(ring: list[Point]) -> bool:
    x, y = _middle(ring)
    return 0 < x < US_BOX[0] and 0 < y < US_BOX[1]


def _area(ring: list[Point]) -> float:
    return abs(sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairwise(ring))) / 2


def _middle(ring: list[Point]) -> Point:
    turns = [(x * next_y - next_x * y, x + next_x, y + next_y) for (x, y), (next_x, next_y) in pairwise(ring)]
    area = sum(turn for turn, _, _ in turns)
    if not area:
        return ring[0]
    return sum(turn * x for turn, x, _ in turns) / (3 * area), sum(turn * y for turn, _, y in turns) / (3 * area)


def _write(name: str, source: str, places: list[dict[str, Any]], box: tuple[int, int]) -> None:
    HERE.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(place, ensure_ascii=False, separators=(",", ":")) for place in places)
    head = json.dumps({"source": source, "width": box[0], "height": box[1]})[:-1]
    (HERE / f"{name}.json").write_text(f'{head}, "places": [\n{lines}\n]}}\n', "utf-8")


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    main(*sys.argv[1:])
