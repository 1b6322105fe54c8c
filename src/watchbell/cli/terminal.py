"""Text from files and partners on its way to a terminal."""


def visible(text: str) -> str:
    """Return `text` with its control characters written out: a file's names must not steer the terminal."""
    return "".join(
        mark if mark.isprintable() or mark in "\n\t" else mark.encode("unicode_escape").decode() for mark in text
    )
