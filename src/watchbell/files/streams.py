"""Bytes out of a file: decompressed, in UTF-8, in pieces of bounded size, whatever the file holds."""

import codecs
import zlib
from collections.abc import Iterator
from io import BufferedReader
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import zstandard

from watchbell.errors import InputError
from watchbell.files.rows import MAX_RECORD_BYTES
from watchbell.files.stores import File

PIECE = 256 * 1024
# Holds the first line of JSON lines whole: a page of a platform's API can have half a megabyte.
HEAD = 1024 * 1024
GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
# A zstd block of 4 bytes can stand for 128 KiB, so what is fed at once bounds what comes out: 4 MiB here.
ZSTD_FED = 128
# UTF-32 first: its little-endian mark begins with that of UTF-16.
WIDE_ENCODINGS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class DamagedStreamError(Exception):
    """The stream cannot be read past this point; what came before is good."""


class Stream(NamedTuple):
    """The contents of an open file."""

    head: bytes
    """The first bytes, to recognise the format by."""
    pieces: Iterator[bytes]
    """All bytes, the head included. Raises DamagedStreamError where the rest cannot be read."""


class Damage(NamedTuple):
    """Stands at the end of the lines of a stream that is damaged from there on."""

    number: int
    reason: str
    start: bytes


class LongLine(NamedTuple):
    """Stands for a line too long to hold."""

    number: int
    length: int
    start: bytes


class Line(NamedTuple):
    """A line without its line feed."""

    number: int
    data: bytes


def open_file(path: File) -> BufferedReader:
    """Open a file to read.

    Raises:
        InputError: it is not there, is a folder, or may not be read.
    """
    try:
        return path.open("rb") if isinstance(path, Path) else path.open()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error


def contents(file: BufferedReader) -> Stream:
    """Return the decompressed contents of `file`; text in UTF-16 or UTF-32 comes out as UTF-8, without its mark."""
    head, pieces = _with_head(_decompressed(file))
    for mark, encoding in WIDE_ENCODINGS.items():
        if head.startswith(mark):
            return Stream(*_with_head(_to_utf8(pieces, encoding)))
    if head.startswith(codecs.BOM_UTF8):
        return Stream(head[len(codecs.BOM_UTF8) :], _without_mark(pieces))
    return Stream(head, pieces)


def _decompressed(file: BufferedReader) -> Iterator[bytes]:
    magic = file.peek(len(ZSTD))
    if magic.startswith(GZIP):
        return _joined(_gunzip(file))
    if magic.startswith(ZSTD):
        return _joined(_unzstd(file))
    return _read(file, PIECE)


def _read(file: BufferedReader, size: int) -> Iterator[bytes]:
    try:
        while piece := file.read(size):
            yield piece
    except OSError as error:
        raise DamagedStreamError(f"the disk cannot read on here ({error.strerror or error})") from error


def _gunzip(file: BufferedReader) -> Iterator[bytes]:
    unzip = zlib.decompressobj(wbits=31)
    try:
        for fed in _read(file, PIECE):
            left = fed
            while left:
                if unzip.eof:  # the next member; gzip(1) ignores zeros that pad the end
                    if not (left := left.lstrip(b"\0")):
                        break
                    unzip = zlib.decompressobj(wbits=31)
                yield unzip.decompress(left, PIECE)
                left = unzip.unconsumed_tail or unzip.unused_data
        yield unzip.flush()
    except zlib.error as error:
        raise DamagedStreamError(f"its gzip compression is broken here ({error})") from error
    if not unzip.eof:
        raise DamagedStreamError("its gzip compression stops before its end: the file was cut")


def _unzstd(file: BufferedReader) -> Iterator[bytes]:
    unzip = zstandard.ZstdDecompressor().decompressobj()
    try:
        for fed in _read(file, ZSTD_FED):
            left = fed
            while left:
                if unzip.eof:
                    unzip = zstandard.ZstdDecompressor().decompressobj()
                yield unzip.decompress(left)
                left = unzip.unused_data
    except zstandard.ZstdError as error:
        raise DamagedStreamError(f"its zstd compression is broken here ({error})") from error
    if not unzip.eof:
        raise DamagedStreamError("its zstd compression stops before its end: the file was cut")


def _joined(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join small pieces: adding each to a long line by itself would take time that grows with its square."""
    held, size = list[bytes](), 0
    try:
        for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size >= PIECE:
                yield b"".join(held)
                held, size = [], 0
    except DamagedStreamError:
        yield b"".join(held)
        raise
    yield b"".join(held)


def _with_head(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    taken: list[bytes] = []
    damage: DamagedStreamError | None = None
    try:
        while sum(map(len, taken)) < HEAD and (piece := next(pieces, None)) is not None:
            taken.append(piece)
    except DamagedStreamError as error:
        damage = error
    return b"".join(taken), chain(taken, pieces if damage is None else _raising(damage))


def _raising(damage: DamagedStreamError) -> Iterator[bytes]:
    raise damage
    yield b""  # makes this a generator: the error comes when it is read


def _to_utf8(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    # Half a surrogate pair passes as bytes that are no UTF-8, so that the row it is in is rejected, and only that.
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    try:
        for piece in pieces:
            yield decoder.decode(piece).encode("utf-8", "surrogatepass")
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise DamagedStreamError(f"its {encoding.upper()} text is broken here ({error.reason})") from error


def _without_mark(pieces: Iterator[bytes]) -> Iterator[bytes]:
    wanting = codecs.BOM_UTF8
    for piece in pieces:
        seen = min(len(wanting), len(piece))
        wanting, rest = wanting[seen:], piece[seen:]
        yield rest


def lines(pieces: Iterator[bytes]) -> Iterator[Line | LongLine | Damage]:
    """Yield the lines of a stream, each of bounded size; a stream that is damaged ends in a Damage.

    A line that the damage cuts is not yielded: what is left of it may look whole and be wrong.
    """
    number, rest, length = 1, b"", 0  # length so far of a line too long to hold; else 0
    try:
        for piece in pieces:
            first, *more = piece.split(b"\n")
            if length or len(rest) + len(first) > MAX_RECORD_BYTES:
                length = (length or len(rest)) + len(first)
                rest = rest[:PIECE]
            else:
                rest += first
            if more:
                yield _line(number, rest, length)
                for at, data in enumerate(more[:-1], number + 1):
                    yield Line(at, data)
                number, rest, length = number + len(more), more[-1], 0
    except DamagedStreamError as damage:
        yield Damage(number, str(damage), rest[:PIECE])
        return
    if rest:
        yield _line(number, rest, length)


def _line(number: int, data: bytes, length: int) -> Line | LongLine:
    return LongLine(number, length, data) if length else Line(number, data)
