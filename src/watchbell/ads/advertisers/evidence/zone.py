"""The machine-readable zones of passports and identity cards: ICAO Doc 9303, parts 3 (section 4.9), 4, 5 and 6.

What was read from a picture is put right only where the standard leaves no choice: a field of letters holds no digit, a
field of digits no letter, and fillers follow a name to the line's end. What stays in doubt is left as it was read, so
that the check digits still find it.
"""

from collections.abc import Sequence
from typing import NamedTuple

_WEIGHTS = (7, 3, 1)
_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ<")
_LETTERS = str.maketrans("012568", "OIZSGB")
_DIGITS = str.maketrans("OQDILZSBG", "000112586")


class NameRow(NamedTuple):
    """A line of letters alone, with the names in it."""

    prefix: int
    """Signs before the names: the document's kind and its issuer."""


class NumberRow(NamedTuple):
    """A line with numbers."""

    head: int
    """Signs before the optional field, which may be fillers alone."""
    ending: int
    """Check digits after it."""
    digits: tuple[int, ...]
    """Where digits stand alone."""
    letters: tuple[int, ...]
    """Where letters stand alone."""


class Part(NamedTuple):
    """Some signs of one line."""

    row: int
    start: int
    end: int


class Layout(NamedTuple):
    """How one kind of document is laid out. A field's check digit is the sign after it."""

    first: str
    """With which signs its zone can begin."""
    width: int
    """Signs in each line."""
    rows: tuple[NameRow | NumberRow, ...]
    names: Part
    number: Part
    birth: Part
    expiry: Part
    optional: Part
    """With a check digit of its own in a passport only; a long number goes on here in an identity card."""
    whole: tuple[Part, ...]
    """What the last check digit is made of."""
    whole_row: int
    """Whose last sign that is."""


TD3 = Layout(
    first="P",
    width=44,
    rows=(
        NameRow(5),
        NumberRow(28, 2, (*range(13, 20), *range(21, 28), 9, 43), (10, 11, 12, 20)),
    ),
    names=Part(0, 5, 44),
    number=Part(1, 0, 9),
    birth=Part(1, 13, 19),
    expiry=Part(1, 21, 27),
    optional=Part(1, 28, 42),
    whole=(Part(1, 0, 10), Part(1, 13, 20), Part(1, 21, 43)),
    whole_row=1,
)
"""A passport (Doc 9303 part 4, section 4.2)."""
TD2 = Layout(
    first="ACI",
    width=36,
    rows=(
        NameRow(5),
        NumberRow(28, 1, (*range(13, 20), *range(21, 28), 9, 35), (10, 11, 12, 20)),
    ),
    names=Part(0, 5, 36),
    number=Part(1, 0, 9),
    birth=Part(1, 13, 19),
    expiry=Part(1, 21, 27),
    optional=Part(1, 28, 35),
    whole=(Part(1, 0, 10), Part(1, 13, 20), Part(1, 21, 35)),
    whole_row=1,
)
"""An identity card of the larger size (Doc 9303 part 6, section 4.2)."""
TD1 = Layout(
    first="ACI",
    width=30,
    rows=(
        NumberRow(15, 0, (14,), (0, 1, 2, 3, 4)),
        NumberRow(18, 1, (*range(7), *range(8, 15), 29), (7, 15, 16, 17)),
        NameRow(0),
    ),
    names=Part(2, 0, 30),
    number=Part(0, 5, 14),
    birth=Part(1, 0, 6),
    expiry=Part(1, 8, 14),
    optional=Part(0, 15, 30),
    whole=(Part(0, 5, 30), Part(1, 0, 7), Part(1, 8, 15), Part(1, 18, 29)),
    whole_row=1,
)
"""An identity card of a bank card's size (Doc 9303 part 5, section 4.2)."""


def check_digit(field: str) -> str:
    """Return the check digit of a field, the filler counting 0."""
    values = (_VALUES.index(sign) if sign != "<" else 0 for sign in field)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def wrong_digit(layout: Layout, lines: Sequence[str]) -> str | None:
    """Return the first field whose check digit is wrong."""
    rows = range(len(lines))
    return next((name for row in rows for name in _wrong(layout, row, lines)), None) or _wrong_whole(layout, lines)


def is_right(layout: Layout, row: int, lines: Sequence[str]) -> bool:
    """Tell whether the check digits of one line are right, as far as they need no line that is still empty."""
    known = row == layout.whole_row and all(lines[part.row] for part in layout.whole)
    return not _wrong(layout, row, lines) and not (known and _wrong_whole(layout, lines))


def cut(lines: Sequence[str], part: Part) -> str:
    """Return the signs of a part."""
    return lines[part.row][part.start : part.end]


def _wrong(layout: Layout, row: int, lines: Sequence[str]) -> list[str]:
    fields = {
        "the passport number" if layout is TD3 else "the card's number": number_of(layout, lines),
        "the day of birth": _checked(layout.birth, lines),
        "the day of expiry": _checked(layout.expiry, lines),
    }
    rows = dict(zip(fields, (layout.number.row, layout.birth.row, layout.expiry.row), strict=True))
    if layout is TD3:
        field, digit = _checked(layout.optional, lines)
        # An empty optional field may have a filler for its digit.
        fields["the optional field"] = (field, digit if field.strip("<") else digit.replace("<", "0"))
        rows["the optional field"] = layout.optional.row
    return [name for name, (field, digit) in fields.items() if rows[name] == row and check_digit(field) != digit]


def _checked(part: Part, lines: Sequence[str]) -> tuple[str, str]:
    return cut(lines, part), lines[part.row][part.end : part.end + 1]


def number_of(layout: Layout, lines: Sequence[str]) -> tuple[str, str]:
    """Return the number and its check digit; a long one goes on in the optional field (part 5, 4.2.4, note j)."""
    field, digit = _checked(layout.number, lines)
    rest = cut(lines, layout.optional).partition("<")[0]
    return (field + rest[:-1], rest[-1]) if layout is not TD3 and digit == "<" and rest else (field, digit)


def _wrong_whole(layout: Layout, lines: Sequence[str]) -> str | None:
    every = "".join(cut(lines, part) for part in layout.whole)
    is_wrong = check_digit(every) != lines[layout.whole_row][-1]
    return ("the whole line" if layout is TD3 else "all lines together") if is_wrong else None


def name_line(read: str, layout: Layout, row: NameRow) -> str | None:
    """Return the line with the names as it must be; None where what was read cannot be one.

    >>> name_line("P<UT0ERIKSSON<<ANNA<MARIA<<<<<<<K<<<<<", TD3, NameRow(5))
    'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<'
    """
    line = read.translate(_LETTERS)
    # The issuer has three signs, fillers among them: D<< is Germany.
    issuer, (family, parted, given) = line[: row.prefix], line[row.prefix :].partition("<<")
    if not parted or not set(line) <= _ALPHABET or (issuer and issuer[0] not in layout.first):
        return None
    # After the given names nothing but fillers can come, whatever the engine saw in them.
    names = family if given.startswith("<") else f"{family}<<{given.partition('<<')[0]}"
    return f"{issuer}{names}".ljust(layout.width, "<") if len(issuer + names) <= layout.width else None


def number_line(read: str, layout: Layout, row: NumberRow) -> str | None:
    """Return a line with numbers as it must be; None where what was read cannot be one.

    >>> number_line("L898902C36UT07408122F1204159ZE184226B<<<<<1O", TD3, TD3.rows[1])
    'L898902C36UTO7408122F1204159ZE184226B<<<<<10'
    """
    if 0 in row.letters and read.startswith("<"):
        # The engine loses a thin I at the edge. Of the letters that can stand there, none is part of what is checked.
        read = f"I{read}"
    head, tail = read[: row.head], read[row.head :]
    optional, ending = (tail[: -row.ending], tail[-row.ending :]) if row.ending else (tail, "")
    if len(read) != layout.width and set(optional) <= {"<"}:
        # An empty optional field: the engine counts a row of fillers wrongly, and its check digit is 0 or a filler too.
        tail = ending.rjust(layout.width - len(head), "<")
    line = list(head + tail)
    if len(line) != layout.width or not set(line) <= _ALPHABET.union(_VALUES):
        return None
    for places, alphabet in ((row.digits, _DIGITS), (row.letters, _LETTERS)):
        for place in places:
            line[place] = line[place].translate(alphabet)
    return "".join(line)
