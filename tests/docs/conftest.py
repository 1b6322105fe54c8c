"""How the documentation's pages are read."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands_shown(page: Path) -> Iterator[tuple[str, str]]:
    """Yield the commands of the page's `console` blocks (after `$ `) and the output shown below each."""
    for block in FENCE.findall(page.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command.strip(), output


@pytest.fixture(scope="session")
def pages() -> list[Path]:
    """The pages a person writes; the generated reference is not among them."""
    written = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/howto").glob("*.md")]
    return sorted(written)


@pytest.fixture(scope="session")
def commands(pages: list[Path]) -> list[tuple[str, str]]:
    """Every command of every page, after the page's name."""
    return [(page.relative_to(ROOT).as_posix(), command) for page in pages for command, _ in commands_shown(page)]


@pytest.fixture(scope="session")
def tutorial() -> list[tuple[str, str]]:
    """The tutorial's commands in order, each with the output it shows."""
    return list(commands_shown(ROOT / "docs/tutorial.md"))
