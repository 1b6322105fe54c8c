"""`watchbell match --follow`: each post once, through new starts, kills and Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from watchbell.cli.main import app
from watchbell.vault.workspace import Workspace

INDICATORS = "type,value,tlp\ndomain,bad.example,clear\n"


def _post(number: int, link: str = "https://bad.example/") -> str:
    post = {
        "account_id": f"u{number}",
        "post_id": str(number),
        "created_at": "2024-11-05T12:00:00Z",
        "text": f"see {link}",
        "platform": "telegram",
    }
    return json.dumps(post) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "indicators.csv").write_text(INDICATORS, "utf-8")
    (tmp_path / "posts.jsonl").write_text("".join(map(_post, range(3))), "utf-8")
    return tmp_path


def _arguments(folder: Path, *more: str) -> list[str]:
    given = [str(folder / "posts.jsonl"), "--indicators", str(folder / "indicators.csv"), "--source", "table"]
    return ["match", *given, "--follow", "--out", str(folder / "hits.jsonl"), *more]


def _targets(folder: Path) -> list[str]:
    return [json.loads(line)["target_id"] for line in (folder / "hits.jsonl").read_text("utf-8").splitlines()]


def _until_end(folder: Path) -> dict[str, int]:
    result = CliRunner().invoke(app, _arguments(folder, "--until-end", "--json"))
    assert result.exit_code == 0, result.output
    told: dict[str, int] = json.loads(result.stdout)
    return told


def test_a_new_start_goes_on_where_the_last_one_stopped(folder: Path) -> None:
    assert _until_end(folder) == {"posts": 3, "hits": 3, "rejected_rows": 0}
    with (folder / "posts.jsonl").open("a") as file:
        file.write(_post(3) + "{no json}\n" + _post(4, "https://good.example/") + _post(5)[:20])
    assert _until_end(folder) == {"posts": 2, "hits": 1, "rejected_rows": 1}
    assert _until_end(folder)["posts"] == 0
    assert _targets(folder) == [f"telegram:{n}" for n in range(4)]


def test_hits_that_a_kill_left_behind_the_checkpoint_are_not_doubled(folder: Path) -> None:
    _until_end(folder)
    checkpoint = (folder / "hits.jsonl.checkpoint").read_text("utf-8")
    with (folder / "posts.jsonl").open("a") as file:
        file.write(_post(3))
    _until_end(folder)
    # As after a kill between the two writes: the hit is there, the checkpoint is the old one.
    (folder / "hits.jsonl.checkpoint").write_text(checkpoint, "utf-8")
    with (folder / "posts.jsonl").open("a") as file:
        file.write(_post(4))
    assert _until_end(folder)["hits"] == 2
    assert _targets(folder) == [f"telegram:{n}" for n in range(5)]


def test_hits_without_a_checkpoint_are_not_written_over(folder: Path) -> None:
    (folder / "hits.jsonl").write_text("{}\n", "utf-8")
    result = CliRunner().invoke(app, _arguments(folder, "--until-end"))
    assert "no checkpoint beside it" in str(result.exception)
    assert (folder / "hits.jsonl").read_text("utf-8") == "{}\n"


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"written": 3}', '{"written": "x", "place": null}', '{"written": 9000, "place": null}']
)
def test_a_broken_checkpoint_is_said(text: str, folder: Path) -> None:
    _until_end(folder)
    (folder / "hits.jsonl.checkpoint").write_text(text, "utf-8")
    result = CliRunner().invoke(app, _arguments(folder, "--until-end"))
    assert "begin anew" in str(result.exception)


def test_hits_of_a_workspace_open_cases(folder: Path) -> None:
    place = str(folder / "desk")
    runner = CliRunner()
    assert runner.invoke(app, ["init", place]).exit_code == 0
    imported = runner.invoke(app, ["indicators", "import", str(folder / "indicators.csv"), "--workspace", place])
    assert imported.exit_code == 0, imported.output
    arguments = ["match", str(folder / "posts.jsonl"), "--source", "table", "--follow", "--until-end", "--json"]
    for expected in (3, 0):
        result = runner.invoke(app, [*arguments, "--workspace", place])
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)["hits"] == expected
    with Workspace.open(Path(place)) as workspace:
        assert workspace.vault.hits.count() == 3
        [case] = workspace.vault.cases.all()
        assert "bad.example" in case.title


def test_ctrl_c_ends_it_with_what_it_found(folder: Path) -> None:
    command = [sys.executable, "-c", "from watchbell.cli.main import run; run()", *_arguments(folder, "--json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ) as process:
        checkpoint = folder / "hits.jsonl.checkpoint"
        ends = time.monotonic() + 60
        while not checkpoint.exists() and time.monotonic() < ends:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert json.loads(told) == {"posts": 3, "hits": 3, "rejected_rows": 0}


def test_standard_input_is_read_to_its_end(folder: Path) -> None:
    arguments = ["-", *_arguments(folder)[2:], "--json"]
    posts = (folder / "posts.jsonl").read_bytes().removesuffix(b"\n")
    result = CliRunner().invoke(app, ["match", *arguments], input=posts)
    assert json.loads(result.stdout) == {"posts": 3, "hits": 3, "rejected_rows": 0}
    assert len(_targets(folder)) == 3
