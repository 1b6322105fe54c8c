"""A page that is one file: no outside request, no script, and readable years from now."""

import base64
import hashlib
from importlib.resources import files
from xml.etree.ElementTree import Element

from watchbell.desk.pictures.elements import html, tag


def page_alone(title: str, body: Element, *styles: str) -> str:
    """Return the page; `styles` are style sheets of this folder that follow the common one, `report.css`."""
    folder = files("watchbell.desk.pictures")
    style = "".join(folder.joinpath(name).read_text("utf-8") for name in ("report.css", *styles))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=f"default-src 'none'; style-src 'sha256-{digest}'"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", style),
    )
    return "<!doctype html>\n" + html(tag("html", head, tag("body", body), lang="en")) + "\n"
