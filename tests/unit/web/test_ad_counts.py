"""The signed counts are open to anyone, and go with the dumps."""

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.made_up_desk import NOW
from tests.unit.web.conftest import Visitor
from watchbell.cli.ads import app
from watchbell.desk.ads.counts import lines_of_day, make_counts, said
from watchbell.desk.ads.counts_key import CountsKey, signed_by
from watchbell.desk.ads.dump import write_dump
from watchbell.model.ad_counts import SignedDay
from watchbell.vault.merkle import MerkleTree
from watchbell.vault.workspace import Workspace


@pytest.fixture
def signed(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> SignedDay:
    key = CountsKey.make(tmp_path_factory.mktemp("key") / "counts.pem")
    return make_counts(workspace.vault, workspace.counts, key, "The house", NOW)


def test_anyone_sees_what_was_signed_and_can_check_it(visitor: Visitor, signed: SignedDay) -> None:
    public = visitor(None)
    page = public.get("/library/counts").text
    assert signed.counts.key in page
    assert signed.counts.root[:16] in page
    answer = public.get("/library/counts.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    [told] = map(SignedDay.model_validate, answer.json()["data"])
    assert signed_by(told.counts.key, told.signature, said(told.counts))
    day = told.counts.day
    assert SignedDay.model_validate(public.get(f"/library/counts/{day}.json").json()) == signed
    tree = MerkleTree()
    for line in gzip.decompress(public.get(f"/library/counts/{day}.history.jsonl.gz").content).splitlines():
        tree.add(line)
    assert (tree.size, tree.root()) == (told.counts.entries, told.counts.root)


def test_nothing_else_is_handed_out(visitor: Visitor, workspace: Workspace, signed: SignedDay) -> None:
    (workspace.counts / "counts.pem").write_text("a key in the wrong place")
    for path in ("counts.pem", f"{signed.counts.day}.toml", "..%2Fwatchbell.toml", "1999-01-01.json"):
        assert visitor(None).get(f"/library/counts/{path}").status_code == 404


def test_before_the_first_day_the_page_says_so(visitor: Visitor) -> None:
    assert "Nothing has been signed yet" in visitor(None).get("/library/counts").text


def test_they_go_with_the_dump(workspace: Workspace, signed: SignedDay, tmp_path: Path) -> None:
    folder = write_dump(workspace.vault, tmp_path / "dump", NOW, workspace.counts).folder
    [told] = [SignedDay.model_validate_json(line) for line in (folder / "counts.jsonl").read_text().splitlines()]
    assert told == signed
    lines = gzip.decompress((folder / "history.jsonl.gz").read_bytes()).splitlines()
    assert lines == list(lines_of_day(workspace.counts, signed.counts))
    sums = (folder / "SHA256SUMS").read_text()
    assert "counts.jsonl" in sums
    assert "history.jsonl.gz" in sums


def test_the_command_line_signs_dumps_verifies_and_names_what_vanished(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, key = CliRunner(), tmp_path / "counts.pem"
    assert len(run.invoke(app, ["counts", "key", str(key)]).output.strip()) == 64
    monkeypatch.setenv("WATCHBELL_COUNTS_KEY_FILE", str(key))
    monkeypatch.setenv("WATCHBELL_WORKSPACE", str(workspace.root))
    dumped = run.invoke(app, ["dump", "--json"])
    assert json.loads(dumped.output)["signed_counts"] is True
    assert run.invoke(app, ["counts", "verify"]).exit_code == 0
    removed = run.invoke(app, ["remove", "jsonl:held", "--reason", "mistake", "--note", "A test", "--json"])
    assert json.loads(removed.output)["removed"]["note"] == "A test"
    assert run.invoke(app, ["counts", "verify"]).exit_code == 0
    with workspace.vault._database.write() as connection:  # what no door of the library does
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql("DELETE FROM ad_decisions WHERE ad_id = 'jsonl:held'")
        connection.exec_driver_sql("DELETE FROM ads WHERE id = 'jsonl:held'")
    found = run.invoke(app, ["counts", "verify", "--json"])
    assert found.exit_code != 0
    assert "The ad jsonl:held has vanished." in found.output
