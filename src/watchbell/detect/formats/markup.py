"""Text of strangers inside markup."""

import re

# XML 1.0, section 2.2: what is no Char cannot stand in a document, not even as a reference.
_NO_CHAR = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Return the text without the characters that no XML document may hold: most control characters."""
    return _NO_CHAR.sub("", text)
