"""A person at the command line: commands are run as they run them, each in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Watchbell = Callable[..., Any]
COMMAND = Path(sys.executable).with_name("watchbell")


@pytest.fixture(scope="session")
def watchbell() -> Watchbell:
    """Runs `watchbell …` and returns what `--json` printed, or the text where the command was asked for none."""

    def run(*words: object, workspace: Path | None = None) -> Any:
        place = {} if workspace is None else {"WATCHBELL_WORKSPACE": str(workspace)}
        done = subprocess.run(
            [COMMAND, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | place,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if "--json" in words else done.stdout

    return run
