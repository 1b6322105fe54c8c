"""`watchbell posts import`, as the person at the terminal and the machine that reads its JSON see it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import pytest

from watchbell.cli.main import run
from watchbell.vault.workspace import Workspace

TABLE = "user_id,id,date,text\na,1,2021-06-08 14:03:22,one\nb,2,0000-01-01,two\nc,3,2021-06-08 14:03:23,three\n"


class Ended(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class Terminal:
    """Runs commands of `watchbell` in this process, in a workspace of its own."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        with Workspace.create(root):
            pass

    def __call__(self, *arguments: str | Path) -> Ended:
        self._monkeypatch.setattr(sys, "argv", ["watchbell", "posts", "import", *map(str, arguments)])
        self._monkeypatch.setenv("WATCHBELL_WORKSPACE", str(self.root))
        self._monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as ended:
            run()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, *self._capsys.readouterr())

    def count(self) -> int:
        with Workspace.open(self.root) as workspace:
            return workspace.posts.count()


@pytest.fixture
def watchbell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path / "workspace", monkeypatch, capsys)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "posts [1].csv"
    path.write_text(TABLE)
    return path


def test_the_mapping_is_said_before_and_the_counts_after(watchbell: Terminal, table: Path) -> None:
    ended = watchbell(table, "--platform", "twitter")
    assert ended.code == 0
    assert "guessed from what it holds); platform twitter." in ended.err
    assert "account_id         <- user_id" in ended.err
    assert "date has no time zone: it is taken as UTC." in ended.err
    assert "posts [1].csv" in ended.out
    assert str(watchbell.root / "rejects") in ended.out


def test_one_json_document_tells_it_all(watchbell: Terminal, table: Path) -> None:
    ended = watchbell(table, "--platform", "twitter", "--json")
    (file,) = ended.document["files"]
    assert (file["source"], file["guessed"], file["platform"]) == ("table", True, "twitter")
    assert file["mapping"] == {"account_id": "user_id", "post_id": "id", "created_at": "date", "text": "text"}
    assert (file["new"], file["known"], file["rejected"]) == (2, 0, 1)
    (reject,) = Path(file["rejects"]).read_text().splitlines()
    assert json.loads(reject)["row"] == 3
    assert ended.err == ""


def test_importing_twice_changes_nothing(watchbell: Terminal, table: Path) -> None:
    watchbell(table)
    before = {path: path.read_bytes() for path in (watchbell.root / "posts").rglob("*.parquet")}
    (file,) = watchbell(table, "--json").document["files"]
    assert (file["new"], file["known"], file["rejected"]) == (0, 2, 1)
    assert {path: path.read_bytes() for path in (watchbell.root / "posts").rglob("*.parquet")} == before
    assert len(list((watchbell.root / "rejects").iterdir())) == 1


def test_a_repaired_file_leaves_no_rejects_behind(watchbell: Terminal, table: Path) -> None:
    watchbell(table)
    table.write_text(TABLE.replace("0000", "2021"))
    assert watchbell(table, "--json").document["files"][0]["new"] == 1
    assert list((watchbell.root / "rejects").iterdir()) == []


def test_a_dry_run_only_says_how_it_would_read(watchbell: Terminal, table: Path) -> None:
    ended = watchbell(table, "--dry-run", "--map", "text=user_id", "--map", "account_id=text")
    assert ended.code == 0
    assert "account_id         <- text" in ended.out
    assert watchbell.count() == 0


def test_a_file_with_nothing_usable_is_said_after_the_others_are_done(watchbell: Terminal, table: Path) -> None:
    bad = table.with_name("bad.csv")
    bad.write_text("user_id,id,date\na,1,never\n")
    absent = table.with_name("absent.csv")
    ended = watchbell(bad, absent, table)
    assert ended.code == 65
    assert "absent.csv cannot be read: No such file" in ended.err
    assert "Not one row of" in ended.err
    assert f"They are in {watchbell.root / 'rejects'}" in ended.err
    assert watchbell.count() == 2
    document = watchbell(bad, absent, table, "--json").document
    assert [file["error"] is None for file in document["files"]] == [False, False, True]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--map", "account_id"], 2, "is not FIELD=COLUMN"),
        (["--source", "myspace"], 2, "The sources are: auto, table, twitter"),
        (["--workspace", "/nowhere/at/all"], 66, "watchbell init"),
    ],
)
def test_wrong_use_ends_in_a_sentence(
    watchbell: Terminal, table: Path, arguments: list[str], code: int, words: str
) -> None:
    ended = watchbell(table, *arguments)
    assert ended.code == code
    assert words in ended.err
    assert "Traceback" not in ended.err


def test_help_names_every_source(watchbell: Terminal) -> None:
    ended = watchbell("--help")
    for name in ("table", "twitter", "mastodon", "bluesky", "telegram", "crowdtangle"):
        assert name in ended.out


@pytest.mark.shared
def test_a_real_set_is_imported_whole_and_in_little_memory(shared_data: Path, tmp_path: Path) -> None:
    """600,000 posts of Telegram; those equal in all their columns (the pictures of one album) are one post."""
    root = tmp_path / "workspace"
    with Workspace.create(root):
        pass
    source = shared_data / "posts" / "telegram_channels.parquet"
    script = (
        "import re, sys; from pathlib import Path; from watchbell.cli.main import run\n"
        "try:\n    run()\n"
        # Not `ru_maxrss`: it begins with the memory of the process that started this one.
        "finally:\n    said = Path('/proc/self/status').read_text()\n"
        "    print(re.search(r'VmHWM:\\s+(\\d+)', said)[1], file=sys.stderr)\n"
    )
    arguments = ["posts", "import", str(source), "--json", "--workspace", str(root)]
    ended = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    (file,) = json.loads(ended.stdout)["files"]
    table = pq.read_table(source).drop_columns(["domain", "is_forward"])
    distinct = table.group_by(table.column_names).aggregate([]).num_rows
    assert (file["source"], file["rejected"]) == ("telegram", 0)
    assert (file["new"], file["new"] + file["known"]) == (distinct, 600_000)
    assert int(ended.stderr) < 1_500_000  # KiB
