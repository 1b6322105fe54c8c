"""The machine-readable zone of a passport, found and read in a picture of its page (by rapidocr, on this machine)."""

import importlib
import math
import threading
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from watchbell.ads.evidence.picture import opened
from watchbell.ads.evidence.zone import LINE, name_line, number_line, wrong_digit
from watchbell.errors import MissingExtraError

# Signs of OCR-B are 1.7 mm wide and 2.5 high: 1600 pixels give each of 44 more than the engine needs.
_WIDEST = 1600
# Rows narrower than this part of the widest one are no lines of a zone, which reach across the page.
_ACROSS = 0.7
# Among so many of the lowest rows the zone is looked for.
_LOWEST = 8
# Lines less crooked than this, in degrees, are read as well as level ones.
_LEVEL = 0.4


class _Look(NamedTuple):
    """How a row is looked at."""

    margin: int
    """Pixels of paper above and below."""
    blur: float
    """Radius in pixels."""


# Where one look errs, another seldom does: the engine sways with the margin, and thin strokes are read better blurred.
_LOOKS = (_Look(0, 0), _Look(2, 0), _Look(8, 0), _Look(2, 0.8))
# What is shorter is no lower line, and no second look will make it one: 28 signs stand before the fillers.
_SHORTEST = 28
_FULL_WIDTH = {ord(sign) + 0xFEE0: sign for sign in "0123456789<ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_SIGNS = str.maketrans({"«": "<<", "《": "<<", "〈": "<", "≤": "<", "\u00d7": "X"}) | _FULL_WIDTH


class _Row(NamedTuple):
    """Words on one height of a picture that lies level."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left


def zone_in(picture: bytes) -> str | None:
    """Return the two lines of the zone in a picture, turned any way; None where there are none.

    Raises:
        InputError: the file is no picture, or beyond all measure.
        MissingExtraError: the reading engine is not installed.
    """
    image = opened(picture, "RGB")
    image.thumbnail((_WIDEST, _WIDEST))
    with _BUSY:
        level = _levelled(image)
        return _upright_zone(level) or _upright_zone(level.rotate(180))


# One picture at a time: the engine fills all cores and some hundred megabytes.
_BUSY = threading.Lock()


@lru_cache(maxsize=1)
def _engine() -> Any:
    try:
        return importlib.import_module("rapidocr_onnxruntime").RapidOCR()
    except ModuleNotFoundError as error:
        raise MissingExtraError("Reading a passport's picture", "desk") from error


def _boxes(image: Any) -> list[list[list[float]]]:
    """Return the corners of each piece of text: upper left, upper right, lower right, lower left."""
    numpy: Any = importlib.import_module("numpy")
    found, _ = _engine()(numpy.asarray(image), use_cls=False, use_rec=False)
    return list(found or ())


def _levelled(image: Any) -> Any:
    """Return the picture turned so that its longest line of text lies level."""
    sides = [_long_side(box) for box in _boxes(image)]
    if not sides:
        return image
    start, end = max(sides, key=lambda side: math.dist(*side))
    angle = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    if abs(angle) < _LEVEL:
        return image
    # What comes in at the corners has the grey of paper, so that no edge looks like a line.
    return image.rotate(angle, expand=True, fillcolor=(200, 200, 200), resample=3)


def _long_side(box: list[list[float]]) -> tuple[list[float], list[float]]:
    """Return the two ends of the middle line of a piece of text, along its longer side."""
    first, second, third, fourth = box
    across = (_middle(first, fourth), _middle(second, third))
    down = (_middle(first, second), _middle(fourth, third))
    return across if math.dist(*across) >= math.dist(*down) else down


def _middle(one: list[float], other: list[float]) -> list[float]:
    return [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2]


def _upright_zone(image: Any) -> str | None:
    """Return the lowest two lines, one under the other, that can be a passport's."""
    rows = _rows(_boxes(image))
    widest = max((row.width for row in rows), default=0)
    for upper, lower in reversed(list(pairwise(rows[-_LOWEST:]))):
        # Both lines are equally long, although the fillers at an end may not have looked like text.
        left, right = min(upper.left, lower.left), max(upper.right, lower.right)
        if right - left < _ACROSS * widest:
            continue
        numbers = _number_line(image, lower._replace(left=left, right=right))
        names = numbers and _name_line(image, upper._replace(left=left, right=right))
        if names:
            return f"{names}\n{numbers}"
    return None


def _number_line(image: Any, row: _Row) -> str | None:
    """Return the first reading whose check digits are right; if none is, the first that can be a lower line."""
    doubtful = None
    for look in _LOOKS:
        read = _read(image, row, look)
        if len(read) < _SHORTEST:
            return doubtful
        line = number_line(read)
        if line and not wrong_digit(line):
            return line
        doubtful = doubtful or line
    return doubtful


def _name_line(image: Any, row: _Row) -> str | None:
    """Return the first reading of the right length; if none is, the one with the longest names."""
    doubtful = ""
    for look in _LOOKS:
        read = _read(image, row, look)
        line = name_line(read)
        if line and len(read) == LINE:
            return line
        doubtful = max(doubtful, line or "", key=lambda one: len(one.rstrip("<")))
    return doubtful or None


def _read(image: Any, row: _Row, look: _Look) -> str:
    """Return the words in one row, in capitals."""
    numpy: Any = importlib.import_module("numpy")
    blur: Any = importlib.import_module("PIL.ImageFilter").GaussianBlur
    edges = (row.left, row.top - look.margin, row.right, row.bottom + look.margin)
    strip = image.crop(tuple(round(edge) for edge in edges))
    read, _ = _engine()(numpy.asarray(strip.filter(blur(look.blur))), use_det=False, use_cls=False)
    return "".join("".join(part[0] for part in read or ()).translate(_SIGNS).upper().split())


def _rows(boxes: list[list[list[float]]]) -> list[_Row]:
    """Join the pieces of text that stand on one height."""
    rows: list[_Row] = []
    for box in sorted(boxes, key=lambda box: sum(corner[1] for corner in box)):
        across, down = [corner[0] for corner in box], [corner[1] for corner in box]
        row = _Row(min(across), min(down), max(across), max(down))
        last = rows[-1] if rows else None
        if last and (row.top + row.bottom) / 2 < last.bottom:
            row = _Row(*(pick(one, other) for pick, one, other in zip((min, min, max, max), last, row, strict=True)))
            rows.pop()
        rows.append(row)
    return rows
