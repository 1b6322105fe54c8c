"""`watchbell indicators`: partners' files in, a bundle out, through the command line as a person uses it."""

import json
from pathlib import Path
from typing import Any

import pytest
from stix2validator import ValidationOptions, validate_string
from typer.testing import CliRunner, Result

from watchbell.cli.main import app
from watchbell.errors import InputError, NothingUsableError, UsageError, WorkspaceError
from watchbell.vault.workspace import Workspace

_META = (
    "Tactic ,Technique,Procedure,Indicator,Comments\n"
    "0. Acquiring assets,0.6,0.6.2 Acquiring domains,bad[.]example,spoofs a paper\n"
    "0. Acquiring assets,0.9,0.9.4 Acquiring X / Twitter accounts,https://twitter[.]com/Some_One,\n"
    "0. Acquiring assets,0.9,0.9.1 Acquiring Facebook assets,63 accounts,\n"
    "0. Acquiring assets,0.9,0.9.7 Acquiring Telegram channels,https://[.]/x,\n"
    ",,,,\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "ws").close()
    (tmp_path / "Q2_2024_network.csv").write_text(_META, encoding="utf-8")
    return tmp_path


def _run(folder: Path, *words: str) -> Result:
    result = CliRunner().invoke(app, ["indicators", *words, "--workspace", str(folder / "ws")])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def _import(folder: Path, *words: str) -> dict[str, Any]:
    result = _run(folder, "import", str(folder / "Q2_2024_network.csv"), *words, "--json")
    [told] = json.loads(result.stdout)["files"]
    return dict(told)


def test_a_file_is_imported_once_and_counted_honestly(folder: Path) -> None:
    first = _import(folder)
    assert (first["new"], first["known"], first["rejected"], first["notes"]) == (2, 0, 1, 1)
    assert first["kinds"] == {"domain": 1, "handle": 1}
    [reject] = [json.loads(line) for line in Path(first["rejects"]).read_text("utf-8").splitlines()]
    assert (reject["row"], reject["field"]) == (5, "Indicator")
    again = _import(folder)
    assert (again["new"], again["known"], again["rejected"]) == (0, 2, 1)


def test_what_was_imported_is_listed(folder: Path) -> None:
    _import(folder, "--tlp", "green", "--source", "Harbour Watch")
    told = json.loads(_run(folder, "list", "--json").stdout)
    assert told["count"] == 2
    assert {(held["value"], held["source"], held["tlp"]) for held in told["indicators"]} == {
        ("bad.example", "Harbour Watch", "green"),
        ("some_one", "Harbour Watch", "green"),
    }
    assert "bad.example" in _run(folder, "list", "--text", "bad").stdout


def test_only_what_anyone_may_hear_leaves_unless_asked(folder: Path) -> None:
    _import(folder, "--tlp", "amber")
    out = folder / "deep" / "bundle.json"
    told = json.loads(_run(folder, "export", "--format", "stix", "-o", str(out), "--json").stdout)
    assert (told["shared"], told["held_back"], told["up_to"]) == (0, 2, "clear")
    result = _run(folder, "export", "-o", str(out), "--up-to", "TLP:AMBER")
    assert "2 indicators up to TLP:AMBER" in result.stdout
    bundle = out.read_text("utf-8")
    assert validate_string(bundle, ValidationOptions(version="2.1", strict=True)).is_valid
    with Workspace.open(folder / "ws") as workspace:
        events = [entry.event for entry in workspace.vault.ledger.entries()]
    assert events == ["indicators.exported", "indicators.exported", "indicators.imported"]


def test_a_bundle_that_left_comes_back_as_known(folder: Path) -> None:
    _import(folder)
    _run(folder, "export", "-o", str(folder / "bundle.json"))
    told = json.loads(_run(folder, "import", str(folder / "bundle.json"), "--json").stdout)
    assert (told["files"][0]["new"], told["files"][0]["known"]) == (0, 2)


def test_a_misp_feed_leaves_as_a_folder_and_comes_back(folder: Path) -> None:
    _import(folder)
    told = json.loads(_run(folder, "export", "--format", "misp-feed", "-o", str(folder / "feed"), "--json").stdout)
    assert (told["shared"], told["format"]) == (2, "misp-feed")
    again = json.loads(_run(folder, "import", str(folder / "feed"), "--json").stdout)
    assert (again["files"][0]["new"], again["files"][0]["known"], again["files"][0]["rejected"]) == (0, 2, 0)


def test_choices_bound_what_leaves_and_what_is_listed(folder: Path) -> None:
    _import(folder)
    out = folder / "out.csv"
    told = json.loads(_run(folder, "export", "--format", "csv", "--kind", "domain", "-o", str(out), "--json").stdout)
    assert (told["shared"], told["held_back"]) == (1, 0)
    assert "bad.example" in out.read_text("utf-8")
    listed = json.loads(_run(folder, "list", "--kind", "handle", "--up-to", "clear", "--json").stdout)
    assert [held["value"] for held in listed["indicators"]] == ["some_one"]
    assert json.loads(_run(folder, "list", "--since", "2026-01-01", "--json").stdout)["indicators"] == []
    for text, found in (("some", ["some_one"]), ("bad", [])):
        told = json.loads(_run(folder, "list", "--kind", "handle", "--text", text, "--json").stdout)
        assert [held["value"] for held in told["indicators"]] == found
    with pytest.raises(UsageError, match="cannot be written"):
        _run(folder, "export", "-o", str(folder))


def test_what_is_expired_says_so(folder: Path) -> None:
    _import(folder)
    assert json.loads(_run(folder, "expire", "--source", "Meta", "--json").stdout) == {"expired": 2}
    assert "0 indicators hold no more" in _run(folder, "expire", "--older-than", "30").stdout
    with pytest.raises(UsageError, match="Say which indicators"):
        _run(folder, "expire")


def test_what_has_faded_says_so_and_can_be_ended(folder: Path) -> None:
    _import(folder)
    fresh = folder / "fresh.csv"
    fresh.write_text("type,value\ndomain,fresh.example\n", encoding="utf-8")
    _run(folder, "import", str(fresh))
    told = json.loads(_run(folder, "list", "--json").stdout)["indicators"]
    assert {held["value"]: held["confidence_now"] for held in told} == {
        "bad.example": 0, "some_one": 0, "fresh.example": 80,
    }  # fmt: skip
    assert "80" in _run(folder, "list", "--text", "fresh").stdout
    assert json.loads(_run(folder, "expire", "--faded", "--kind", "handle", "--json").stdout) == {"expired": 1}
    assert json.loads(_run(folder, "expire", "--faded", "--json").stdout) == {"expired": 1}
    assert json.loads(_run(folder, "expire", "--faded", "--json").stdout) == {"expired": 0}


def test_the_framework_is_loaded_with_its_licence(folder: Path) -> None:
    cluster = {"uuid": "u1", "value": "Use Copypasta", "meta": {"external_id": "T0084.001"}}
    path = folder / "disarm-techniques.json"
    path.write_text(json.dumps({"type": "disarm-techniques", "values": [cluster]}), encoding="utf-8")
    told = json.loads(_run(folder, "disarm", str(path), "--json").stdout)
    assert told["counts"] == {"technique": 1}
    assert "CC BY-SA 4.0" in _run(folder, "disarm", str(path)).stdout
    [found] = json.loads(_run(folder, "technique", "T0084.001", "--json").stdout)
    assert (found["name"], found["answers"]) == ("Use Copypasta", [])
    assert "T0023 Distort Facts" in _run(folder, "technique", "VI-DATE").stdout
    with pytest.raises(UsageError, match="no technique"):
        _run(folder, "technique", "rosebud")
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="no DISARM framework"):
        _run(folder, "disarm", str(path))
    with pytest.raises(InputError, match="no JSON"):
        _run(folder, "disarm", str(folder / "Q2_2024_network.csv"))


def test_people_read_sentences_and_a_table(folder: Path) -> None:
    result = _run(folder, "import", str(folder / "Q2_2024_network.csv"))
    assert "No indicator" in result.stdout
    assert "Rejected rows and why" in result.stdout


def test_a_file_of_another_kind_costs_no_other(folder: Path) -> None:
    (folder / "posts.csv").write_text("id,text\n1,hello\n", encoding="utf-8")
    with pytest.raises(NothingUsableError, match=r"posts\.csv holds no indicators"):
        _run(folder, "import", str(folder / "posts.csv"), str(folder / "Q2_2024_network.csv"))
    assert json.loads(_run(folder, "list", "--json").stdout)["count"] == 2


def test_wrong_use_is_said_in_words(folder: Path) -> None:
    with pytest.raises(UsageError, match="'purple' is no TLP label"):
        _import(folder, "--tlp", "purple")
    with pytest.raises(WorkspaceError):
        CliRunner().invoke(app, ["indicators", "list", "--workspace", str(folder)], catch_exceptions=False)
