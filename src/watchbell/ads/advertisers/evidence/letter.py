"""The letter that brings a code: one page, ready to fold into a window envelope with the window on its left."""

import importlib
import unicodedata
from collections.abc import Sequence
from typing import Any

_LEFT_MM = 25
_WIDTH_MM = 160
_WINDOW_TOP_MM, _WINDOW_WIDTH_MM = 55, 80
_WORDS_TOP_MM = 110


def letter(sender: str, to: Sequence[str], code: str, until: str) -> bytes:
    """Return the letter as PDF.

    Args:
        sender: who sends it.
        to: name and address, line by line.
        code: the code.
        until: the day until which it is good, written out.
    """
    page: Any = importlib.import_module("fpdf").FPDF(format="A4")
    page.set_title("Your code")
    page.add_page()
    page.set_font("Helvetica", size=11)
    page.set_left_margin(_LEFT_MM)
    page.set_xy(_LEFT_MM, _WINDOW_TOP_MM)
    page.multi_cell(_WINDOW_WIDTH_MM, 5, _printable("\n".join(to)))
    page.set_y(_WORDS_TOP_MM)
    words = (
        f"{sender} sends you this letter because somebody wishes to pay for political advertising and says that they "
        f"live at this address.\n\nIf that is you, enter this code by {until}:\n\n"
    )
    page.multi_cell(_WIDTH_MM, 6, _printable(words), new_x="LMARGIN")
    page.set_font("Courier", style="B", size=20)
    page.cell(_WIDTH_MM, 12, code, align="C", new_x="LMARGIN", new_y="NEXT")
    page.set_font("Helvetica", size=11)
    page.set_y(page.get_y() + 6)
    page.multi_cell(_WIDTH_MM, 6, _printable("If it is not, tell nobody the code and throw the letter away."))
    return bytes(page.output())


def _printable(text: str) -> str:
    """Return text in the letters that PDF's own fonts have (Latin-1), accents dropped where they must be."""
    return "".join(sign if sign.isascii() or _in_latin1(sign) else _bare(sign) for sign in text)


def _in_latin1(sign: str) -> bool:
    return "\N{NO-BREAK SPACE}" <= sign <= "\N{LATIN SMALL LETTER Y WITH DIAERESIS}"


def _bare(sign: str) -> str:
    return unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?"
