"""The machine-readable zone of a document, found and read in a picture of it (by rapidocr, on this machine)."""

import importlib
import math
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from watchbell.ads.advertisers.evidence.picture import opened
from watchbell.ads.advertisers.evidence.zone import (
    Layout,
    NameRow,
    NumberRow,
    is_right,
    name_line,
    number_line,
    wrong_digit,
)
from watchbell.errors import InputError, MissingExtraError

# Signs of OCR-B are 1.7 mm wide and 2.5 high: 1600 pixels give each of 44 more than the engine needs.
_WIDEST = 1600
# Rows narrower than this part of the widest one are no lines of a zone, which reach across the page.
_ACROSS = 0.7
# Among so many of the lowest rows the zone is looked for.
_LOWEST = 8
# A line of 44 signs is some 40 times as long as high; what is far longer occupies the engine, and holds no zone.
_LONGEST_LINE = 80
# A picture is read within seconds, or it waits behind others that are.
_PATIENCE = 60.0
# Lines less crooked than this, in degrees, are read as well as level ones.
_LEVEL = 0.4


class _Look(NamedTuple):
    """How a row is looked at."""

    margin: int
    """Pixels of paper above and below."""
    blur: float
    """Radius in pixels."""
    stretch: float = 1
    """How much wider it is made: large signs, as on a card, are read better apart."""


# Where one look errs, another seldom does: the engine sways with the margin, and thin strokes are read better blurred.
_LOOKS = (_Look(0, 0), _Look(2, 0), _Look(8, 0), _Look(2, 0.8), _Look(2, 0.8, 1.5))
_FULL_WIDTH = {ord(sign) + 0xFEE0: sign for sign in "0123456789<ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_SIGNS = str.maketrans({"«": "<<", "《": "<<", "〈": "<", "≤": "<", "|": "I", "丨": "I", "\u00d7": "X"}) | _FULL_WIDTH


class _Row(NamedTuple):
    """Words on one height of a picture that lies level."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left


def zone_in(picture: bytes, layouts: Sequence[Layout]) -> str | None:
    """Return the lines of the zone in a picture, turned any way; None where there are none.

    Args:
        picture: the file.
        layouts: what kinds of document it may show.

    Raises:
        InputError: the file is no picture, beyond all measure, or others are being read for too long.
        MissingExtraError: the reading engine is not installed.
    """
    image = opened(picture, "RGB")
    image.thumbnail((_WIDEST, _WIDEST))
    if not _BUSY.acquire(timeout=_PATIENCE):
        raise InputError("Other pictures are being read. Send it again in a few minutes.")
    try:
        level = _levelled(image)
        return _upright_zone(level, layouts) or _upright_zone(level.rotate(180), layouts)
    finally:
        _BUSY.release()


# One picture at a time: the engine fills all cores and some hundred megabytes.
_BUSY = threading.Lock()


@lru_cache(maxsize=1)
def _engine() -> Any:
    try:
        return importlib.import_module("rapidocr_onnxruntime").RapidOCR()
    except ModuleNotFoundError as error:
        raise MissingExtraError("Reading a document's picture", "desk") from error


def _found(image: Any, **parts: bool) -> list[Any]:
    """Return what the engine finds in a picture."""
    numpy: Any = importlib.import_module("numpy")
    engine = _engine()
    try:
        found, _ = engine(numpy.asarray(image), use_cls=False, **parts)
    except Exception as error:  # whatever a made-up picture does to the engine
        raise InputError("The picture cannot be read by machine.") from error
    return list(found or ())


def _boxes(image: Any) -> list[list[list[float]]]:
    """Return the corners of each piece of text: upper left, upper right, lower right, lower left."""
    return _found(image, use_rec=False)


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


def _upright_zone(image: Any, layouts: Sequence[Layout]) -> str | None:
    """Return the lowest lines, one under the other, that can be a document's, those whose check digits are right first.

    A zone that is right in no layout is returned as it is read in the first that it can be.
    """
    rows = _rows(_boxes(image))[-_LOWEST:]
    doubtful = None
    for layout in layouts:
        lines = _lines(image, rows, layout)
        if lines and not wrong_digit(layout, lines):
            return "\n".join(lines)
        doubtful = doubtful or lines
    return "\n".join(doubtful) if doubtful else None


def _lines(image: Any, rows: list[_Row], layout: Layout) -> list[str] | None:
    widest, height = max((row.width for row in rows), default=0), len(layout.rows)
    for first in range(len(rows) - height, -1, -1):
        block = rows[first : first + height]
        # All lines are equally long, although the fillers at an end may not have looked like text.
        left, right = min(row.left for row in block), max(row.right for row in block)
        if right - left < _ACROSS * widest:
            continue
        found = _block(image, [row._replace(left=left, right=right) for row in block], layout)
        if found:
            return found
    return None


def _block(image: Any, block: list[_Row], layout: Layout) -> list[str] | None:
    """Return what stands in rows that may be a zone; the numbers are read first, for few rows look like them."""
    found = [""] * len(block)
    for place, row in sorted(enumerate(layout.rows), key=lambda one: isinstance(one[1], NameRow)):
        if isinstance(row, NameRow):
            line = _name_line(image, block[place], layout, row)
        else:
            is_sound = partial(_is_sound, layout, found, place)
            line = _number_line(image, block[place], (layout, row), is_sound)
        if line is None:
            return None
        found[place] = line
    return found


def _is_sound(layout: Layout, found: list[str], place: int, line: str) -> bool:
    return is_right(layout, place, [*found[:place], line, *found[place + 1 :]])


def _number_line(
    image: Any, where: _Row, kind: tuple[Layout, NumberRow], is_sound: Callable[[str], bool]
) -> str | None:
    """Return the first reading whose check digits are right; if none is, the one with the most signs in it."""
    layout, row = kind
    doubtful = ""
    for look in _LOOKS:
        read = _read(image, where, look)
        # What is shorter than all that stands before the fillers is none, and no second look will make it one.
        if len(read) < row.head:
            break
        line = number_line(read, layout, row)
        if line and is_sound(line):
            return line
        doubtful = max(doubtful, line or "", key=lambda one: len(one.replace("<", "")))
    return doubtful or None


def _name_line(image: Any, where: _Row, layout: Layout, row: NameRow) -> str | None:
    """Return the first reading of the right length; if none is, the one with the longest names."""
    doubtful = ""
    for look in _LOOKS:
        read = _read(image, where, look)
        line = name_line(read, layout, row)
        if line and len(read) == layout.width:
            return line
        doubtful = max(doubtful, line or "", key=lambda one: len(one.rstrip("<")))
    return doubtful or None


def _read(image: Any, row: _Row, look: _Look) -> str:
    """Return the words in one row, in capitals."""
    blur: Any = importlib.import_module("PIL.ImageFilter").GaussianBlur
    edges = (row.left, row.top - look.margin, row.right, row.bottom + look.margin)
    strip = image.crop(tuple(round(edge) for edge in edges)).filter(blur(look.blur))
    if look.stretch != 1:
        strip = strip.resize((round(strip.width * look.stretch), strip.height))
    if strip.width > _LONGEST_LINE * strip.height:
        return ""
    read = _found(strip, use_det=False)
    return "".join("".join(part[0] for part in read).translate(_SIGNS).upper().split())


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
