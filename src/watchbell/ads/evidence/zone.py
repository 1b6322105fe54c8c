"""The two lines of a passport's machine-readable zone: ICAO Doc 9303, parts 3 (section 4.9) and 4 (section 4.2).

What was read from a picture is put right only where the standard leaves no choice: a field of letters holds no digit, a
field of digits no letter, and fillers follow a name to the line's end. What stays in doubt is left as it was read, so
that the check digits still find it.
"""

LINE = 44
"""Signs in each of the two lines of a passport (TD3; Doc 9303 part 4, section 4.2)."""
_WEIGHTS = (7, 3, 1)
_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ<")
_LETTERS = str.maketrans("012568", "OIZSGB")
_DIGITS = str.maketrans("OQDILZSBG", "000112586")
# Where the lower line has digits alone, and letters alone (part 4, section 4.2.2).
_DIGIT_PLACES = (*range(13, 20), *range(21, 28), 9, 43)
_LETTER_PLACES = (10, 11, 12, 20)


def check_digit(field: str) -> str:
    """Return the check digit of a field, the filler counting 0."""
    values = (_VALUES.index(sign) if sign != "<" else 0 for sign in field)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def wrong_digit(lower: str) -> str | None:
    """Return the first field whose check digit is wrong. An empty optional field may have a filler for its digit."""
    fields = {
        "the passport number": (lower[:9], lower[9]),
        "the day of birth": (lower[13:19], lower[19]),
        "the day of expiry": (lower[21:27], lower[27]),
        "the optional field": (lower[28:42], lower[42] if lower[28:42].strip("<") else lower[42].replace("<", "0")),
        "the whole line": (lower[:10] + lower[13:20] + lower[21:43], lower[43]),
    }
    return next((name for name, (field, digit) in fields.items() if check_digit(field) != digit), None)


def name_line(read: str) -> str | None:
    """Return the upper line as it must be; None where what was read cannot be one.

    >>> name_line("P<UT0ERIKSSON<<ANNA<MARIA<<<<<<<K<<<<<")
    'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<'
    """
    line = read.translate(_LETTERS)
    # The issuer has three signs, fillers among them: D<< is Germany.
    issuer, (family, parted, given) = line[:5], line[5:].partition("<<")
    if not line.startswith("P") or not parted or not set(line) <= _ALPHABET:
        return None
    # After the given names nothing but fillers can come, whatever the engine saw in them.
    names = family if given.startswith("<") else f"{family}<<{given.partition('<<')[0]}"
    return f"{issuer}{names}".ljust(LINE, "<") if len(issuer + names) <= LINE else None


def number_line(read: str) -> str | None:
    """Return the lower line as it must be; None where what was read cannot be one.

    >>> number_line("L898902C36UT07408122F1204159ZE184226B<<<<<1O")
    'L898902C36UTO7408122F1204159ZE184226B<<<<<10'
    """
    head, tail = read[:28], read[28:]
    if len(read) != LINE and set(tail[:-2]) <= {"<"}:
        # An empty optional field: the engine counts a row of fillers wrongly, and its check digit is 0 or a filler too.
        tail = tail[-2:].rjust(LINE - len(head), "<")
    line = list(head + tail)
    if len(line) != LINE or not set(line) <= _ALPHABET.union(_VALUES):
        return None
    for places, alphabet in ((_DIGIT_PLACES, _DIGITS), (_LETTER_PLACES, _LETTERS)):
        for place in places:
            line[place] = line[place].translate(alphabet)
    return "".join(line)
