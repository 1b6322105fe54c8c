"""Files where they lie: on this machine, or in an object store, `s3://bucket/folder/*.parquet`.

The store is reached as other tools reach it: credentials from the environment (`AWS_ACCESS_KEY_ID`, …), the shared
files of the AWS command line, or the machine's role; `AWS_ENDPOINT_URL` names a store that is not Amazon's.
"""

import os
import re
from dataclasses import dataclass
from functools import cache
from glob import glob, has_magic
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any, Self, cast

from watchbell.errors import InputError, UsageError

SCHEME = "s3://"
# What a pattern's signs stand for: `**/` any folders or none, `*` and `?` no slash.
_SIGNS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_SIGN = re.compile(r"(\*\*/|\*\*|\*|\?|\[!?[\w-]+\])")


@dataclass(frozen=True)
class StoredFile:
    """A file in an object store: what reading needs of a path."""

    place: str
    """Bucket and key: `bucket/folder/posts.csv`."""

    def __str__(self) -> str:
        return SCHEME + self.place

    @property
    def name(self) -> str:
        """Return the last part of the key."""
        return PurePosixPath(self.place).name

    @property
    def suffixes(self) -> list[str]:
        """Return the endings of the name, as `Path` does."""
        return PurePosixPath(self.place).suffixes

    def open(self) -> BufferedReader:
        """Open the file to read.

        Raises:
            OSError: it is not there, or the store does not let us read it.
        """
        file = _store(self.place).open_input_file(self.place)
        return BufferedReader(cast("Any", file))

    def exists(self) -> bool:
        """Tell whether the store says that it has it."""
        try:
            return bool(_store(self.place).get_file_info(self.place).is_file)
        except OSError:
            return False

    def absolute(self) -> Self:
        """Return the file: an address is the same from everywhere."""
        return self


File = Path | StoredFile
"""A file that can be read, wherever it lies."""


def file_named(name: str | Path) -> File:
    """Return the file of that path or address.

    Raises:
        UsageError: the address is of no store that can be read.
    """
    text = str(name)
    if "://" not in text:
        return Path(name)
    if not text.startswith(SCHEME):
        raise UsageError(f"{text} is of no store that can be read. Addresses begin with {SCHEME}.")
    place = text.removeprefix(SCHEME)
    if not all(place.partition("/")[::2]):
        raise UsageError(f"{text} names no file. Write the bucket and the key: {SCHEME}bucket/folder/posts.parquet.")
    return StoredFile(place)


def files_named(name: str | Path) -> list[File]:
    """Return the files that a path, an address or a pattern of either names, in alphabetical order.

    Raises:
        UsageError: no file fits the pattern, or the address is of no store that can be read.
        InputError: the store cannot be read.
    """
    file = file_named(name)
    if not has_magic(str(file)) or (isinstance(file, Path) and file.exists()):
        return [file]
    found = _stored(file) if isinstance(file, StoredFile) else _here(str(file))
    if not found:
        raise UsageError(f"No file fits {name}.")
    return [*found]


def _here(pattern: str) -> list[Path]:
    return [Path(place) for place in sorted(glob(pattern, recursive=True))]  # noqa: PTH207  # it may begin at the root


def _stored(pattern: StoredFile) -> list[StoredFile]:
    """Return the files of a store that fit a pattern: all below the folder that it begins with are looked through."""
    from pyarrow.fs import FileSelector  # noqa: PLC0415  # what reads no store starts without it

    parts = pattern.place.split("/")
    fixed = next(at for at, part in enumerate(parts) if has_magic(part))
    if fixed == 0:
        raise UsageError(f"{pattern} leaves the bucket open. Name one.")
    written = "".join(_SIGNS.get(sign) or _letters(sign) for sign in _SIGN.split(pattern.place))
    folder = FileSelector("/".join(parts[:fixed]), recursive=True)
    try:
        below = _store(pattern.place).get_file_info(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"{pattern} cannot be read: {error}.") from error
    places = sorted(str(info.path) for info in below if info.is_file)
    return [StoredFile(place) for place in places if re.fullmatch(written, place)]


def _letters(text: str) -> str:
    """Return the regular expression of what is between a pattern's signs, or of a choice such as `[0-9]`."""
    return text.replace("[!", "[^") if _SIGN.fullmatch(text) else re.escape(text)


def _store(place: str) -> Any:
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    return _opened(place.partition("/")[0], endpoint, region)


@cache
def _opened(bucket: str, endpoint: str | None, region: str | None) -> Any:
    from pyarrow import fs  # noqa: PLC0415  # what reads no store starts without it

    if endpoint is None and region is None:
        region = fs.resolve_s3_region(bucket)
    return fs.S3FileSystem(endpoint_override=endpoint, region=region)
