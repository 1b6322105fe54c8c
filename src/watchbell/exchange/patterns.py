"""STIX 2.1 patterns of what Watchbell compares: written from indicators, and read back to values.

Read are comparisons with `=` and `IN` (`ISSUBSET` for networks), joined by OR; and AND where it says one thing only: an
account's name on a platform. A pattern that means anything narrower is refused, because half of it would ring for
things its author did not mean.
"""

import importlib
import re
from collections.abc import Iterator
from typing import Any

from watchbell.errors import MissingExtraError
from watchbell.exchange.values import UnreadableValueError, Value, read_value
from watchbell.model.indicators import Indicator, IndicatorKind

MAX_PATTERN = 20_000
"""Characters of the longest pattern that is parsed; the parser takes about a millisecond for each value."""

PATHS = {
    IndicatorKind.DOMAIN: "domain-name:value",
    IndicatorKind.URL: "url:value",
    IndicatorKind.EMAIL: "email-addr:value",
    IndicatorKind.MD5: "file:hashes.MD5",
    IndicatorKind.SHA1: "file:hashes.'SHA-1'",
    IndicatorKind.SHA256: "file:hashes.'SHA-256'",
    IndicatorKind.PDQ: "file:hashes.PDQ",
    IndicatorKind.PACKAGE: "software:name",
    # Of types that the extension definition of `stix_parts` adds, for STIX 2.1 has no object for these.
    IndicatorKind.PHONE: "phone-number:value",
    IndicatorKind.HASHTAG: "hashtag:value",
    IndicatorKind.TEXT: "post-text:value",
}
_READ = {
    "domain-name:value": "domain",
    "url:value": "url",
    "email-addr:value": "email",
    "email-message:from_ref.value": "email",
    "ipv4-addr:value": "ip",
    "ipv6-addr:value": "ip",
    "file:hashes.MD5": "md5",
    "file:hashes.SHA-1": "sha1",
    "file:hashes.SHA1": "sha1",
    "file:hashes.SHA-256": "sha256",
    "file:hashes.SHA256": "sha256",
    "file:hashes.PDQ": "pdq",
    "software:name": "package",
    "phone-number:value": "phone",
    "hashtag:value": "hashtag",
    "post-text:value": "text",
}
_LOGINS = ("user-account:account_login", "user-account:user_id", "user-account:display_name")
_ACCOUNT_TYPE = "user-account:account_type"
# One comparison, which nearly all published patterns are: read without the full parser.
_SIMPLE = re.compile(r"\s*\[\s*([a-z0-9-]+:[\w.]+(?:'[\w-]+')?)\s*=\s*'((?:[^'\\]|\\['\\])*)'\s*\]\s*")

_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'")


def pattern_of(indicator: Indicator) -> str:
    """Return the STIX pattern of an indicator."""
    value = _quoted(f"id{indicator.value}" if indicator.platform == "ios" else indicator.value)
    if indicator.kind is IndicatorKind.HANDLE:
        return f"[{_ACCOUNT_TYPE} = {_quoted(indicator.platform or '')} AND user-account:account_login = {value}]"
    if indicator.kind in (IndicatorKind.IP, IndicatorKind.CIDR):
        return f"[{'ipv6' if ':' in indicator.value else 'ipv4'}-addr:value = {value}]"
    return f"[{PATHS[indicator.kind]} = {value}]"


def values_of_pattern(pattern: str) -> list[Value]:
    """Return the values that a pattern looks for, each once.

    Raises:
        UnreadableValueError: the pattern is broken, or means more than any one of some values.
        MissingExtraError: the parser of patterns is not installed.
    """
    if len(pattern) > MAX_PATTERN:
        raise UnreadableValueError(f"the pattern is longer than {MAX_PATTERN:,} characters; split it at its ORs")
    simple = _SIMPLE.fullmatch(pattern)
    if simple is not None:
        return [_value(simple[1].replace("'", ""), _unescaped(simple[2]))]
    # stix2 drops the NOT of `NOT IN` and `NOT ISSUBSET`, which would turn a list of the harmless into its opposite.
    if re.search(r"\bNOT\b|!=|<>", _QUOTED.sub("''", pattern)):
        raise UnreadableValueError("the pattern says NOT, which cannot be looked for")
    return list(dict.fromkeys(_values(_parsed(pattern))))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _parsed(pattern: str) -> Any:
    try:
        visitor = importlib.import_module("stix2.pattern_visitor")
    except ModuleNotFoundError as error:
        raise MissingExtraError("Reading STIX patterns", "desk") from error
    try:
        return visitor.create_pattern_object(pattern, version="2.1")
    except Exception as error:  # stix2 and its parser raise many kinds for what is one fault: a broken pattern
        raise UnreadableValueError(f"the pattern {pattern[:80]!r} cannot be parsed") from error


def _values(node: Any) -> Iterator[Value]:
    """Walk the parsed pattern; the names are those of stix2's classes."""
    name = type(node).__name__
    if name in ("OrObservationExpression", "OrBooleanExpression"):
        for operand in node.operands:
            yield from _values(operand)
    elif name == "ObservationExpression":
        yield from _values(node.operand)
    elif name == "ParentheticalExpression":
        yield from _values(node.expression)
    elif name == "AndBooleanExpression":
        yield _account(node)
    elif name in ("EqualityComparisonExpression", "InComparisonExpression", "IsSubsetComparisonExpression"):
        yield from (_value(_path(node), text) for text in _constants(node))
    else:
        raise UnreadableValueError(f"the pattern asks for {name.removesuffix('Expression')}, which is not matched here")


def _value(path: str, text: str) -> Value:
    if path in (*_LOGINS, _ACCOUNT_TYPE):
        raise UnreadableValueError("the pattern names an account but not both its platform and its name")
    kind = _READ.get(path)
    if kind is None:
        raise UnreadableValueError(f"the pattern looks at {path}, which posts and ads do not have")
    return read_value(kind, text)


def _account(node: Any) -> Value:
    parts = {}
    for operand in node.operands:
        if type(operand).__name__ != "EqualityComparisonExpression":
            raise UnreadableValueError("the pattern joins conditions by AND, which is read for account names only")
        parts[_path(operand)] = next(_constants(operand))
    login = next((parts[path] for path in _LOGINS if path in parts), None)
    if login is None or set(parts) - {*_LOGINS, _ACCOUNT_TYPE} or _ACCOUNT_TYPE not in parts:
        raise UnreadableValueError("the pattern joins conditions by AND, which is read for account names only")
    return read_value("handle", login, parts[_ACCOUNT_TYPE])


def _path(comparison: Any) -> str:
    steps = [step.property_name.strip("'") for step in comparison.lhs.property_path]
    return f"{comparison.lhs.object_type_name}:{'.'.join(steps)}"


def _constants(comparison: Any) -> Iterator[str]:
    held = getattr(comparison.rhs, "value", None)
    for constant in held if isinstance(held, list) else [comparison.rhs]:
        text = getattr(constant, "value", None)
        if not isinstance(text, str):
            raise UnreadableValueError(f"the pattern compares {_path(comparison)} with something that is no text")
        yield _unescaped(text)
