"""What files and partners say, on its way to a terminal."""

import sys
from pathlib import Path

import pytest
from rich.table import Table

from watchbell.cli import main
from watchbell.cli.screen import _Screen
from watchbell.cli.terminal import visible

HOSTILE = "[/b] [red]x[/red] :bug: \x1b[31mred\x07"
SHOWN = "[/b] [red]x[/red] :bug: \\x1b[31mred\\x07"


def test_a_sentence_is_shown_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    _Screen().say(f"{HOSTILE} {'a/' * 100}")
    assert capsys.readouterr().out == f"{SHOWN} {'a/' * 100}\n"


def test_a_cell_is_shown_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("value")
    table.add_row(HOSTILE)
    _Screen().print(table)
    assert SHOWN in capsys.readouterr().out


def test_lines_and_letters_stay() -> None:
    assert visible("第一\n\t第二") == "第一\n\t第二"


def test_a_file_that_cannot_be_written_is_named_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ads.jsonl").write_text('{"id": "1", "text": "Vote on Tuesday."}\n')
    out = tmp_path / "ads.jsonl" / "decisions.jsonl"
    monkeypatch.setattr(sys, "argv", ["watchbell", "ads", "review", str(tmp_path / "ads.jsonl"), "--out", str(out)])
    with pytest.raises(SystemExit) as ended:
        main.run()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("watchbell: ")
    assert str(out) in said
