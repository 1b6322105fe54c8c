"""A group's picture and timeline as SVG, for pages that stand alone."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from watchbell.desk.investigations.networks import Picture
from watchbell.desk.pictures.elements import tag
from watchbell.desk.pictures.timeline import MARKED_OBJECTS, Mark, Timeline

COLOURS = MARKED_OBJECTS
"""Colours that can be told apart; whatever comes after them has the colour of the others."""

# Six shapes of about the same area, so that a mark is known without its colour.
_SHAPES = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "M-4.5-4.5h9v9h-9z",
    "M0-6.2L6.2 0L0 6.2L-6.2 0z",
    "M0-5.8L5.6 4.4H-5.6z",
    "M0 5.8L5.6-4.4H-5.6z",
    "M-1.9-6h3.8v4.1h4.1v3.8h-4.1v4.1h-3.8v-4.1h-4.1v-3.8h4.1z",
)
_LEFT, _WIDTH, _ROW = 195, 780, 24
_NAME_LENGTH = 24


def network_svg(picture: Picture, said: str, colours: Mapping[str, int] | None = None) -> Element:
    """Draw accounts as dots and pairs as lines; `said` is what a screen reader says.

    Args:
        picture: the laid-out accounts and pairs.
        said: the picture's name.
        colours: for each account the number of its colour; without it, all have the first.
    """
    places = {node.account_id: (round(100 * node.x, 2), round(100 * node.y, 2)) for node in picture.nodes}
    ends = ((places[edge.source], places[edge.target]) for edge in picture.edges)
    lines = "".join(f"M{x1} {y1}L{x2} {y2}" for (x1, y1), (x2, y2) in ends)
    dots = [
        tag(
            "circle",
            tag("title", node.account_id),
            cx=places[node.account_id][0],
            cy=places[node.account_id][1],
            r=round(0.7 + 2.2 * node.score**0.5, 2),
            class_=_mark((colours or {}).get(node.account_id, 0)),
        )
        for node in picture.nodes
    ]
    return tag("svg", tag("path", d=lines), *dots, **_svg("network", "-4 -4 108 108", said))


def timeline_svg(timeline: Timeline) -> Element:
    """Draw when each account acted on what the others acted on too, one line for each account."""
    height = len(timeline.lanes) * _ROW + 40
    ticks = [
        part
        for at in timeline.ticks
        for part in (
            tag("line", class_="grid", x1=_x(at.x), x2=_x(at.x), y1=4, y2=height - 30),
            tag("text", at.label, class_="tick", x=_x(at.x), y=height - 12),
        )
    ]
    lanes = [part for number, lane in enumerate(timeline.lanes) for part in _lane(number, lane)]
    marks = [_drawn(mark) for mark in timeline.marks]
    said = "When each account acted; the table below has the same facts"
    return tag("svg", *ticks, *lanes, *marks, **_svg("timeline", f"0 0 1000 {height}", said))


def key_svg(rank: int) -> Element:
    """Draw the mark of the object of that rank."""
    said = f"mark {rank + 1}" if rank < COLOURS else "small dot"
    return tag("svg", _shape(rank), **_svg(f"key {_mark(rank)}", "-8 -8 16 16", said))


def dot_svg(rank: int) -> Element:
    """Draw the dot of an account whose group has that rank."""
    return tag("svg", tag("circle", r=5), **_svg(f"key {_mark(rank)}", "-8 -8 16 16", f"colour {rank + 1}"))


def _svg(kind: str, box: str, said: str) -> dict[str, str]:
    return {"class_": kind, "viewBox": box, "role": "img", "aria_label": said, "xmlns": "http://www.w3.org/2000/svg"}


def _lane(number: int, account: str) -> tuple[Element, Element]:
    y = number * _ROW + 16
    short = account if len(account) <= _NAME_LENGTH else account[: _NAME_LENGTH - 1] + "…"
    return (
        tag("line", class_="lane", x1=_LEFT - 8, x2=_LEFT + _WIDTH + 8, y1=y, y2=y),
        tag("text", tag("title", account), short, class_="account", x=_LEFT - 18, y=y + 4),
    )


def _drawn(mark: Mark) -> Element:
    place = f"translate({_x(mark.x)} {mark.lane * _ROW + 16})"
    title = tag("title", f"{mark.at:%Y-%m-%d %H:%M:%S} UTC")
    return tag("g", _shape(mark.rank), title, class_=_mark(mark.rank), transform=place)


def _shape(rank: int) -> Element:
    return tag("path", d=_SHAPES[rank]) if rank < COLOURS else tag("circle", r=2.5)


def _mark(rank: int) -> str:
    return f"mark-{rank}" if rank < COLOURS else "mark-other"


def _x(place: float) -> float:
    return round(_LEFT + _WIDTH * place, 1)
