"""HTML and SVG out of elements: what is put in as text can never become markup."""

from datetime import datetime
from xml.etree import ElementTree as ET  # noqa: S405, RUF100  # it only writes here; nothing of strangers is parsed
from xml.etree.ElementTree import Element

from watchbell.detect.formats.markup import clean


def tag(name: str, /, *inside: Element | str | None, **attributes: object) -> Element:
    """Return an element. Attributes are written `class_="x"`, `aria_label="y"`; those that are None are left out."""
    named = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    element = Element(name, {key: clean(str(value)) for key, value in named.items()})
    for child in inside:
        if isinstance(child, str):
            _append_text(element, clean(child))
        elif child is not None:
            element.append(child)
    return element


def html(element: Element) -> str:
    """Return the element as HTML5 writes it."""
    return ET.tostring(element, encoding="unicode", method="html")


def table(caption: str, heads: list[str], rows: list[list[Element | str]], numbers: tuple[int, ...] = ()) -> Element:
    """Return a table that scrolls by itself; `numbers` are the columns that hold figures, the first heads its row."""
    kinds = ["num" if at in numbers else None for at in range(len(heads))]
    head = tag("tr", *(tag("th", text, scope="col", class_=kind) for text, kind in zip(heads, kinds, strict=True)))
    body = [
        tag(
            "tr",
            *(
                tag("td", cell, class_=kind) if at else tag("th", cell, scope="row", class_=kind)
                for at, (cell, kind) in enumerate(zip(row, kinds, strict=True))
            ),
        )
        for row in rows
    ]
    whole = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *body))
    return tag("div", whole, class_="scroll", tabindex="0", role="region", aria_label=caption)


def name(text: str) -> Element:
    """Return a stranger's word, kept from turning the text around it when it is written from right to left."""
    return tag("bdi", text, class_="id")


def moment(at: datetime) -> Element:
    """Return an instant to the second, in UTC."""
    return tag("time", f"{at:%Y-%m-%d %H:%M:%S}", datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}")


def _append_text(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
