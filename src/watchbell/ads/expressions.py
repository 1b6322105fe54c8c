"""Search a text for hundreds of expressions at the price of a few: RE2 says where `re` need look at all.

RE2 reads a text once, in time that grows with its length alone (Cox, "Regular Expression Matching in the Wild", 2010),
but knows no lookaround and no back reference. So each expression is also written in a looser form without, which
matches wherever the expression does, and some of the loose forms are searched together. Only what passes is searched
for by `re`.
"""

import importlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import re2

# The parser behind `re`: there is no public door to an expression's parts. The tests hold the loose forms to matching
# wherever the expressions do.
_parser: Any = importlib.import_module("re._parser")

_TOGETHER = 24
"""Expressions searched together. With twice as many the states of the search no longer fit its memory."""
_MEMORY_BYTES = 64 * 2**20
_COUNTED_UP_TO = 3
"""Longer repetitions become "any number": counting them would cost a state each."""
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
# A letter, digit or space of another script is told to RE2 as a sign of its kind: expressions name ASCII signs only.
_OTHER_WORD, _OTHER_SPACE, _OTHER_SIGN = "_", "\x1c", "~"
_CATEGORIES = {
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
    "CATEGORY_SPACE": r"\s\v\x1c-\x1f",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_DIGIT": rf"\d{_OTHER_WORD}",
    "CATEGORY_NOT_DIGIT": r"\D",
}


class Sieve:
    """Loose forms of many expressions."""

    def __init__(self, expressions: Sequence[str]) -> None:
        """Compile the loose forms, some together."""
        self._expressions = tuple(expressions)
        self._groups = [
            (first, _together([loosened(expression) for expression in expressions[first : first + _TOGETHER]]))
            for first in range(0, len(expressions), _TOGETHER)
        ]

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the expressions, for what RE2 makes of them cannot be."""
        return Sieve, (self._expressions,)

    def passing(self, plain: bytes) -> list[int]:
        """Return the numbers of the expressions that may match the text behind `plain`, in order; no other does.

        Args:
            plain: the text, passed through `ascii_of`.
        """
        (numbers,) = self.passing_each([plain])
        return numbers

    def passing_each(self, plains: Sequence[bytes]) -> list[list[int]]:
        """Return for each text what `passing` does.

        One group reads all texts before the next does: its states are megabytes, and stay in the processor's cache.
        """
        passing: list[list[int]] = [[] for _ in plains]
        for first, together in self._groups:
            for found, plain in zip(passing, plains, strict=True):
                found.extend(sorted(first + number for number in together.Match(plain) or ()))
        return passing


class WordSearch:
    """An expression without lookaround or back reference, searched by RE2 alone."""

    def __init__(self, expression: str) -> None:
        """Compile it.

        Raises:
            ValueError: it holds one.
        """
        self._compiled = _compiled(_written(_parser.parse(expression), exact=True))

    def found_in(self, plain: bytes) -> bool:
        """Tell whether it matches somewhere in a text that went through `ascii_of`."""
        return self._compiled.search(plain) is not None

    def spans(self, plain: bytes) -> Iterable[tuple[int, int]]:
        """Yield where it matches in a text that went through `ascii_of`; the places are those of the text."""
        return (match.span() for match in self._compiled.finditer(plain))


def ascii_of(text: str) -> bytes:
    """Return the text with one ASCII sign in place of each other one, of the same kind."""
    return translated(text, _signs).encode("ascii")


def translated(text: str, table: Mapping[int, str]) -> str:
    """Return `text.translate(table)`, for a table that leaves ASCII as it is: most ads have little else."""
    return text if text.isascii() else BEYOND_ASCII.sub(lambda run: run.group().translate(table), text)


def loosened(expression: str) -> str:
    """Return an expression for RE2 that matches every text, passed through `ascii_of`, that `expression` matches."""
    return _written(_parser.parse(expression), exact=False)


def _compiled(expression: str) -> Any:
    return re2.compile(expression, _options())


def _together(expressions: Iterable[str]) -> Any:
    together = re2.Set.SearchSet(_options())
    for expression in expressions:
        together.Add(expression)
    together.Compile()
    return together


def _options() -> Any:
    options = re2.Options()
    options.max_mem = _MEMORY_BYTES
    options.log_errors = False
    return options


class _Signs(dict[int, str]):
    """What `ascii_of` writes for each character; filled as characters come up."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        sign = letter if code < 128 else _OTHER_SPACE if letter.isspace() else _kind(letter)  # noqa: PLR2004  # ASCII ends
        self[code] = sign
        return sign


def _kind(letter: str) -> str:
    return _OTHER_WORD if re.match(r"\w", letter) else _OTHER_SIGN


_signs = _Signs()


def _written(parts: Iterable[Any], *, exact: bool) -> str:
    return "".join(_part(str(operation), value, exact=exact) for operation, value in parts)


def _part(operation: str, value: Any, *, exact: bool) -> str:
    """Write one part of an expression for RE2."""
    match operation:
        case "LITERAL":
            written = _sign(value)
        case "NOT_LITERAL":
            written = _class([("NEGATE", None), ("LITERAL", value)])
        case "ANY":
            written = "(?s:.)"
        case "IN":
            written = _class(value)
        case "BRANCH":
            written = "(?:" + "|".join(_written(branch, exact=exact) for branch in value[1]) + ")"
        case "SUBPATTERN":
            written = f"(?:{_written(value[3], exact=exact)})"
        case "MAX_REPEAT" | "MIN_REPEAT":
            written = f"(?:{_written(value[2], exact=exact)})" + _times(value[0], value[1], exact=exact)
        case "AT":
            # RE2's borders of words are ASCII's, and so is what `ascii_of` leaves.
            written = r"\b" if str(value) == "AT_BOUNDARY" else ""
        case "ASSERT" | "ASSERT_NOT" | "GROUPREF" if not exact:
            written = "(?s:.*)" if operation == "GROUPREF" else ""
        case _:
            raise ValueError(f"RE2 knows no {operation}.")
    return written


def _times(least: int, most: int, *, exact: bool) -> str:
    if most is _parser.MAXREPEAT or (most > _COUNTED_UP_TO and not exact):
        return "*" if least == 0 else "+"
    return f"{{{least},{most}}}"


def _class(members: Iterable[Any]) -> str:
    written = [(str(kind), value) for kind, value in members]
    negated = written[0][0] == "NEGATE"
    # "Not this sign" says nothing of the others that are told by the same one.
    kept = [_member(kind, value) for kind, value in written if not negated or not _is_told_by_another(value)]
    return "[" + "".join(kept) + "]" if kept != ["^"] else "(?s:.)"


def _is_told_by_another(value: Any) -> bool:
    told = (_OTHER_WORD, _OTHER_SPACE, _OTHER_SIGN)
    return isinstance(value, int) and (not chr(value).isascii() or chr(value) in told)


def _member(operation: str, value: Any) -> str:
    match operation:
        case "NEGATE":
            return "^"
        case "LITERAL":
            return _sign(value)
        case "RANGE":
            return f"{_sign(value[0])}-{_sign(value[1])}"
        case _:
            return _CATEGORIES[str(value)]


def _sign(code: int) -> str:
    return f"\\x{{{ord(ascii_of(chr(code)).decode()):x}}}"
