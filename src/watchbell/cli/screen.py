"""What people see: tables and sentences on standard output, progress on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from watchbell.cli.terminal import visible


class _Screen(Console):
    """Shows every text as it stands: what a file says is never markup, an emoji's name, or a control of the screen."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False)

    def render_str(self, text: str, **how: Any) -> Text:
        """Return the text to show; Rich asks for it for each sentence and each cell."""
        return super().render_str(visible(text), **how)

    def say(self, sentence: str) -> None:
        """Print a sentence, its lines left whole: a path that is broken in two cannot be copied."""
        self.print(sentence, soft_wrap=True)


console = _Screen()
err_console = _Screen(stderr=True)


@contextmanager
def progress(task: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error while the block runs, if that is a terminal; yields `advance(steps)`."""
    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=err_console, transient=True, disable=not err_console.is_terminal) as bar:
        bar_id = bar.add_task(visible(task), total=total)
        yield lambda steps: bar.advance(bar_id, steps)
