"""The tutorial's commands run in order and print what the tutorial shows."""

import doctest
import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Set-up, and what serves until it is stopped; the stories run these.
NOT_RUN = {"git", "cd", "make"}


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "120"}
    environment.pop("WATCHBELL_WORKSPACE", None)
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def is_run(command: str) -> bool:
    words = shlex.split(command)
    return words[0] not in NOT_RUN and words[:2] != ["watchbell", "serve"]


def difference(command: str, shown: str, printed: str) -> str:
    """What differs; `...` in the page stands for any text, as in doctest. Any white space counts as one space.

    Below some commands the page shows nothing: their output is not what the tutorial is about.
    """
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    checker = doctest.OutputChecker()
    if not shown.strip() or checker.check_output(shown, printed, flags):
        return ""
    return f"$ {command}\n" + checker.output_difference(doctest.Example("", shown), printed, flags)


def test_the_tutorial_does_what_it_says(tutorial: list[tuple[str, str]], tmp_path: Path) -> None:
    (tmp_path / "src").symlink_to(ROOT / "src")
    to_run = [(command, output) for command, output in tutorial if is_run(command)]
    assert len(to_run) >= 8
    for command, shown in to_run:
        result = run(command, tmp_path)
        assert result.returncode == 0, f"$ {command}\n{result.stdout}{result.stderr}"
        assert not (wrong := difference(command, shown, result.stdout)), wrong
