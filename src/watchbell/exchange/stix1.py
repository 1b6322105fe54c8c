"""STIX 1 packages (XML, OASIS STIX 1.2 with CybOX 2): what each indicator's observable is, as rows of type and value.

Read as a stream by expat. A document type is refused before anything in it counts, so no entity is ever expanded or
fetched; depth, and the text of one element, are bounded.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from watchbell.files import Reject, Row, cut
from watchbell.model.tlp import Tlp, strictest

MAX_DEPTH = 100
MAX_BYTES = 256 * 1024 * 1024
"""Of a package as it is unpacked; Meta's largest has one megabyte."""
MAX_TEXT = 64 * 1024
_META = "https://meta.com/stix"
_SCHEMA_TYPE = "http://www.w3.org/2001/XMLSchema-instance type"
_MANY = "##comma##"
"""What parts several values of one property (CybOX 2.1, attribute `delimiter`)."""

# Local name of the element that holds a value → the kind it is, where its object says no more.
_VALUES = {
    "Address_Value": "ip",
    "Hostname_Value": "hostname",
    "Simple_Hash_Value": "hash",
    "File_Name": "package",
    "Username": "username",
}
_VALUE_OBJECTS = {"DomainNameObjectType": "domain name", "URIObjectType": "url", "LinkObjectType": "url"}
_CATEGORIES = {"e-mail": "email", "cidr": "cidr", "ipv4-net": "cidr", "ipv6-net": "cidr"}
_HASHES = {"MD5": "md5", "SHA1": "sha1", "SHA-1": "sha1", "SHA256": "sha256", "SHA-256": "sha256"}
# An application's package or store id, which Meta writes into the name of a file.
_PACKAGE = re.compile(
    r"(?!.*\.(?:exe|dll|pdf|docx?|xlsx?|pptx?|zip|rar|7z|apk|ipa|js|vbs|lnk|jpe?g|png|mp4|txt)$)[a-z]\w*(?:\.\w+)+|\d{6,12}",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Package:
    """What a STIX 1 package holds."""

    rows: list[Row | Reject] = field(default_factory=list)
    """Rows of `indicator_type`, `indicator_value`, `comment`; numbered by the indicator they stand in."""
    tlp: Tlp | None = None
    """The strictest marking of the package or of any part of it; None where it has none."""
    source: str | None = None


class _RefusedError(Exception):
    pass


def read_package(file: str, pieces: Iterable[bytes]) -> Package | None:
    """Return what a package holds, or None where the document's first element is none of STIX 1.

    A document that breaks off or is no XML from some point on gives what stood before, and a Reject.
    """
    reader = _Reader(file)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartNamespaceDeclHandler = reader.namespace
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for piece in _bounded(pieces):
            parser.Parse(piece, False)  # noqa: FBT003  # expat's signature
        parser.Parse(b"", True)  # noqa: FBT003
    except (expat.ExpatError, _RefusedError, ValueError) as error:
        reason = f"The rest of the file could not be read: {error}."
        reader.package.rows.append(Reject(file, reader.number or None, None, reason))
    return reader.package if reader.is_stix else None


def _bounded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_BYTES:
            raise _RefusedError(f"it has more than {MAX_BYTES:,} bytes")
        yield piece


def _refuse_doctype(*_: object) -> None:
    raise _RefusedError("it declares a document type, which STIX has none of and which can hide an attack")


class _Reader:
    """Follows the elements of a package and collects the values of each indicator."""

    def __init__(self, file: str) -> None:
        self.package = Package()
        self.number = 0
        """How many indicators or observables of the package's own were begun."""
        self.is_stix = False
        self._file = file
        self._path: list[str] = []
        self._words: list[str] = []
        self._object, self._category, self._hash = "", "", ""
        self._refusal = ""
        self._title = ""
        self._found: list[tuple[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if not self._path:
            self.is_stix = space.startswith("http://stix.mitre.org/") or local == "STIX_Package"
        if len(self._path) >= MAX_DEPTH:
            raise _RefusedError(f"its elements are nested more than {MAX_DEPTH} deep")
        self._path.append(local)
        self._words = []
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if self._begins_item(local):
            self.number += 1
            self._title, self._found, self._refusal = "", [], ""
        if "true" in (plain.get("negate", "").lower(), plain.get("negated", "").lower()):
            self._refusal = "The indicator says what must not be there, which cannot be looked for."
        if plain.get("operator", "").upper() == "AND":
            self._refusal = "The indicator joins conditions by AND, which cannot be looked for."
        if local == "Properties":
            # Some objects have a `type` of their own beside the one that XML Schema gives them.
            self._object = attributes.get(_SCHEMA_TYPE, "").rpartition(":")[2]
            self._category = plain.get("category", "")
        if local == "Marking_Structure" and "color" in plain:
            self._mark(plain["color"])

    def namespace(self, _prefix: str | None, space: str) -> None:
        """Take note of whose package it is by the name space that its ids stand in."""
        if space == _META and self.package.source is None:
            self.package.source = "Meta"

    def text(self, words: str) -> None:
        self._words.append(words)
        if sum(map(len, self._words)) > MAX_TEXT:
            raise _RefusedError(f"an element holds more than {MAX_TEXT:,} characters")

    def end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        words, self._words = "".join(self._words).strip(), []
        if local == "Type" and "Hash" in self._path:
            self._hash = _HASHES.get(words.upper(), "hash")
        elif local == "Title" and self._path[-2:-1] == ["Indicator"]:
            self._title = words
        elif local == "Name" and "Information_Source" in self._path and words:
            self.package.source = words
        elif words and "Properties" in self._path:
            self._take(local, words)
        self._path.pop()
        if self._begins_item(local):
            self._finish()

    def _begins_item(self, local: str) -> bool:
        """Tell an indicator, or an observable that stands in the package and in no indicator."""
        return local == "Indicator" or (local == "Observable" and "Indicator" not in self._path)

    def _take(self, local: str, words: str) -> None:
        kind = _VALUE_OBJECTS.get(self._object, "") if local in ("Value", "URL") else _VALUES.get(local, "")
        if local == "Address_Value":
            kind = _CATEGORIES.get(self._category.lower(), "email" if self._object.startswith("Email") else kind)
        elif local == "Simple_Hash_Value":
            kind = self._hash or kind
        elif local == "File_Name" and not _PACKAGE.fullmatch(words):
            kind = "file name"
        elif local == "Value" and not kind:
            kind = self._object.removesuffix("ObjectType") or "value"
        if kind:
            self._found += [(kind, value.strip()) for value in words.split(_MANY) if value.strip()]

    def _mark(self, color: str) -> None:
        try:
            label = Tlp.parse(color)
        except ValueError:
            label = Tlp.RED
        self.package.tlp = strictest([label, *([self.package.tlp] if self.package.tlp else [])])

    def _finish(self) -> None:
        if self._refusal:
            self.package.rows.append(Reject(self._file, self.number, None, self._refusal, cut(str(self._found))))
            return
        for kind, value in self._found:
            values: dict[str, Any] = {"indicator_type": kind, "indicator_value": value, "comment": self._title}
            self.package.rows.append(Row(self.number, values))
        self._found = []
