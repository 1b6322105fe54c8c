import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from watchbell.cli.serve import app
from watchbell.errors import UsageError
from watchbell.vault.workspace import Workspace

COMMAND = "from watchbell.cli.main import run; run()"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "workspace").close()
    return tmp_path / "workspace"


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    arguments = [sys.executable, "-c", COMMAND, "serve", "--port", "0", "--workspace", str(folder)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        # Rich may break the line where a long path meets the width.
        said = ""
        while "stops)" not in said:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            said += line
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert address, said
        yield address[0]
        process.send_signal(signal.SIGINT)
        process.wait(10)
        # Addresses hold what people search for: nothing of them is printed.
        assert "secret-words" not in process.stdout.read() + process.stderr.read()


def test_the_address_that_is_printed_answers(served: str) -> None:
    answer = httpx.get(served, params={"text": "secret-words"})
    assert answer.status_code == 200
    assert "Who paid for this political ad?" in answer.text
    assert "server" not in answer.headers


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "desk.example"])
def test_an_address_open_to_others_is_refused(folder: Path, host: str) -> None:
    with pytest.raises(UsageError, match="in the clear"):
        run("--host", host, "--workspace", str(folder))


def test_a_port_that_is_taken_is_said(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.listen()
        with pytest.raises(UsageError, match="Choose another"):
            run("--port", str(other.getsockname()[1]), "--workspace", str(folder))


def run(*arguments: str) -> None:
    CliRunner().invoke(app, arguments, catch_exceptions=False)
