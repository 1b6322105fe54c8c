"""What an operator writes in YAML: rules, calendars, routes. Each mistake is named by file, entry and field."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from watchbell.errors import InputError
from watchbell.model.record import Record

R = TypeVar("R", bound=Record)


def text_in(path: Path, what: str) -> str:
    """Return the text of a file.

    Raises:
        InputError: it cannot be read, or is not UTF-8; begins with `what`.
    """
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{what} cannot be read: {error}.") from error


def yaml_in(text: str, what: str) -> Any:
    """Return what a YAML text says.

    Raises:
        InputError: it is not YAML; begins with `what`.
    """
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"{what} cannot be read: this is not YAML: {error}") from error


def entries_in(text: str, name: str, what: str) -> list[Any]:
    """Return the list called `name` in a YAML text.

    Raises:
        InputError: it is not YAML, or has no such list.
    """
    written = yaml_in(text, what)
    entries = written.get(name) if isinstance(written, dict) else None
    if not isinstance(entries, list):
        raise InputError(f"{what} has no list `{name}`; docs/howto/review-ads.md shows one.")
    return entries


def record_of(kind: type[R], entry: object, where: str, whole: str = "the entry") -> R:
    """Return the record that an entry spells out.

    Raises:
        InputError: it is none; says `where` and in which field, or that `whole` is wrong.
    """
    try:
        return kind.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or whole
        raise InputError(f"{where}, {field}: {first['msg']}.") from error
