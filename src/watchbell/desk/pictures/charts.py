"""Pictures of sums as SVG: bars through time. Each stands beside a table with the same figures."""

from collections.abc import Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element

from watchbell.desk.ads.sums import Part
from watchbell.desk.pictures.elements import tag

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _FOOT, _HEAD = 720, 220, 70, 24, 26, 12
_MOST_LABELS = 8


def bars_svg(months: Sequence[Part], said: str, *, most: Decimal | None = None) -> Element:
    """Draw a bar for each month up to the lower bound, and a paler one on top up to the upper bound.

    Args:
        months: in their order, without a gap.
        said: what a screen reader says.
        most: the value at the top, where several pictures are compared; else the highest of these.
    """
    top = _round_up(most if most is not None else highest(months))
    step = Decimal(_WIDTH - _LEFT - _RIGHT) / max(len(months), 1)
    scale = Decimal(_HEIGHT - _FOOT - _HEAD) / top
    parts = [_bar(part, _LEFT + step * at, step, scale) for at, part in enumerate(months)]
    every = -(-len(months) // _MOST_LABELS)
    labels = [
        tag("text", part.name, class_="tick", x=_num(_LEFT + step * at + step / 2), y=_HEIGHT - 8)
        for at, part in enumerate(months)
        if at % every == 0
    ]
    lines = [line for share in (Decimal(1), Decimal("0.5"), Decimal(0)) for line in _line(share, top)]
    box = f"0 0 {_WIDTH} {_HEIGHT}"
    return tag("svg", *lines, *parts, *labels, class_="sums", viewBox=box, role="img", aria_label=said, xmlns=_XMLNS)


def highest(months: Sequence[Part]) -> Decimal:
    """Return the highest bound of some parts."""
    bounds = [part.lower if part.upper is None else part.upper for part in months]
    return max(bounds, default=Decimal(0))


_XMLNS = "http://www.w3.org/2000/svg"


def _bar(part: Part, x: Decimal, step: Decimal, scale: Decimal) -> Element:
    """Draw one month: what is sure, and above it what may be."""
    floor, upper = Decimal(_HEIGHT - _FOOT), part.lower if part.upper is None else part.upper
    wide = _num(max(step - max(step / 8, Decimal("0.5")), Decimal("0.5")))
    bounds = f"{part.lower:,.0f}" if part.upper == part.lower else f"{part.lower:,.0f} to {_said(part.upper)}"
    return tag(
        "g",
        tag("title", f"{part.name}: {bounds}, {part.ads:,} {'ad' if part.ads == 1 else 'ads'}"),
        tag("rect", class_="may", x=_num(x), y=_num(floor - upper * scale), width=wide,
            height=_num((upper - part.lower) * scale)),
        tag("rect", class_="sure", x=_num(x), y=_num(floor - part.lower * scale), width=wide,
            height=_num(part.lower * scale)),
    )  # fmt: skip


def _line(share: Decimal, top: Decimal) -> tuple[Element, Element]:
    y = _num(Decimal(_HEIGHT - _FOOT) - share * (_HEIGHT - _FOOT - _HEAD))
    return (
        tag("line", class_="grid", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y),
        tag("text", f"{top * share:,.0f}", class_="amount", x=_LEFT - 8, y=float(y) + 4),
    )


def _round_up(value: Decimal) -> Decimal:
    """Return the next of 1, 2, 5, 10, 20, 50, … that is no smaller, for a scale that can be read."""
    if value <= 1:
        return Decimal(1)
    power = Decimal(10) ** (value.adjusted())
    return next(power * step for step in (1, 2, 5, 10) if power * step >= value)


def _said(bound: Decimal | None) -> str:
    return "more" if bound is None else f"{bound:,.0f}"


def _num(value: Decimal) -> str:
    return f"{value:.1f}"
