"""`watchbell ads`, as the person at the terminal and the machine that reads its JSON see it."""

import json
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from watchbell.cli.main import run
from watchbell.desk.ads.counts_key import CountsKey
from watchbell.model.ads import AdDecision, Verdict
from watchbell.vault.workspace import Workspace

RECORDS: list[dict[str, Any]] = [
    {"id": 17, "text": "Vote for Jane Roe", "disclaimer": "Paid for by Friends of Jane Roe", "fine_print": "x"},
    {"id": "b", "text": "Don't go to the polls, stay home on election day", "label": "advise_not_to_vote"},
    {"id": "c", "text": "20% off all shoes", "spend": "unreadable", "started_at": "yesterday"},
    {"id": 1.5, "text": "Vote for Jane Roe", "payer": None},
]


class Ended(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class Terminal:
    """Runs `watchbell ads` in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Ended:
        self._monkeypatch.setattr(sys, "argv", ["watchbell", "ads", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            run()
        code = ended.value.code
        assert isinstance(code, int | None)
        return Ended(code or 0, *self._capsys.readouterr())


@pytest.fixture
def ads(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "workspace"
    with Workspace.create(root):
        pass
    monkeypatch.setenv("WATCHBELL_WORKSPACE", str(root))
    return root


def written(path: Path, records: list[Any]) -> Path:
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in records), "utf-8")
    return path


def answers(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_review_answers_each_line_in_order(ads: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    ended = ads("review", written(tmp_path / "in.jsonl", RECORDS), "--out", out)
    assert ended.code == 0
    lines = answers(out)
    assert [line["id"] for line in lines] == [17, "b", "c", 1.5]
    assert [line["decision"] for line in lines] == ["approve", "reject", "approve", "review"]
    assert [line["political"] for line in lines] == [True, True, False, True]
    assert {tuple(line)[:6] for line in lines} == {
        ("id", "decision", "political", "political_probability", "policies", "disclaimer")
    }
    assert [line.get("unread") for line in lines] == [None, None, ["spend", "started_at"], None]
    assert {tuple(finding) for line in lines for finding in line["policies"]} == {("code", "quote", "reason", "source")}
    assert lines[0]["disclaimer"]["payer"] == "Friends of Jane Roe"
    assert not (tmp_path / "out.rejects.jsonl").exists()


def test_review_keeps_bad_lines_aside_and_says_so(ads: Terminal, tmp_path: Path) -> None:
    bad = [RECORDS[0], "{not json", {"text": "no id"}, {"id": "d"}, {"id": "e", "text": {"a": 1}}, RECORDS[1]]
    out = tmp_path / "out.jsonl"
    ended = ads("review", written(tmp_path / "in.jsonl", bad), "--out", out, "--json")
    assert ended.code == 0
    assert [line["id"] for line in answers(out)] == [17, "b"]
    rejects = answers(tmp_path / "out.rejects.jsonl")
    assert [reject["row"] for reject in rejects] == [2, 3, 4, 5]
    assert [reject["field"] for reject in rejects[1:]] == ["id", "text", "text"]
    (document,) = ended.document["files"]
    assert (document["ads"], document["rejected"]) == (2, 4)
    assert document["verdicts"] == {"approve": 1, "review": 0, "reject": 1}


@pytest.mark.usefixtures("workspace")
def test_review_names_what_it_cannot_read_of_an_ad_that_an_import_sets_aside(ads: Terminal, tmp_path: Path) -> None:
    bad = {"started_at": "2030-13-01", "spend": "NaN", "currency": "USD"}
    path, out = written(tmp_path / "in.jsonl", [RECORDS[0], RECORDS[1] | bad]), tmp_path / "out.jsonl"
    ads("review", path, "--out", out)
    assert [line.get("unread") for line in answers(out)] == [None, ["spend", "started_at"]]
    (document,) = ads("import", path, "--json").document["files"]
    assert (document["ads"], document["rejected"]) == (1, 1)


def test_review_prints_to_standard_output(ads: Terminal, tmp_path: Path) -> None:
    path = written(tmp_path / "in.jsonl", [*RECORDS, {"text": "no id"}])
    ended = ads("review", path, "--out", "-")
    assert [json.loads(line)["id"] for line in ended.out.splitlines()] == [17, "b", "c", 1.5]
    assert "row 5" in ended.err
    assert ads("review", path, "--out", "-", "--json").code == 2


def test_review_never_overwrites_its_input_or_leaves_half_a_file(ads: Terminal, tmp_path: Path) -> None:
    path = written(tmp_path / "in.jsonl", RECORDS)
    assert ads("review", path, "--out", path).code == 2
    nothing = written(tmp_path / "nothing.jsonl", [{"no": "ad"}])
    ended = ads("review", nothing, "--out", tmp_path / "out.jsonl")
    assert ended.code == 65
    assert "Not one row" in ended.err
    assert not (tmp_path / "out.jsonl").exists()
    assert ads("review", tmp_path / "absent.jsonl", "--out", tmp_path / "out.jsonl").code == 65


def test_review_holds_claims_against_a_register(ads: Terminal, tmp_path: Path) -> None:
    register = tmp_path / "cm_2016.txt"
    register.write_text("C00000059|HALLMARK CARDS PAC|E|2501|M|K|MO|64108|U|Q|UNK|M|C||\n", "utf-8")
    ad = {
        "id": 1,
        "text": "Vote",
        "payer": "X PAC",
        "registration_id": "C99999999",
        "started_at": "2016-10-01T00:00:00Z",
    }
    path, out = written(tmp_path / "in.jsonl", [ad]), tmp_path / "out.jsonl"
    assert ads("review", path, "--out", out, "--register", register).code == 0
    (answer,) = answers(out)
    assert answer["decision"] == "review"
    assert [finding["code"] for finding in answer["policies"]] == ["PAYER-UNKNOWN"]
    ads("review", path, "--out", out, "--register", register, "--register-covers", "2020-01-01", "2020-12-31")
    assert answers(out)[0]["decision"] == "approve"


@pytest.mark.shared
def test_ten_thousand_short_ads_take_seconds(ads: Terminal, tmp_path: Path, shared_data: Path) -> None:
    texts = [ad["text"] for ad in answers(shared_data / "ads/ira_facebook_ads.jsonl")]
    short = [{"id": n, "text": (texts[n % len(texts)] or "")[:150]} for n in range(10_000)]
    path = written(tmp_path / "in.jsonl", short)
    start = time.process_time()
    assert ads("review", path, "--out", tmp_path / "out.jsonl").code == 0
    assert time.process_time() - start < 20  # a few seconds on a quiet machine
    assert [line["id"] for line in answers(tmp_path / "out.jsonl")] == list(range(10_000))


def test_a_key_for_counts_is_made_and_its_public_part_told(ads: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "counts.pem"
    told = ads("counts", "key", file, "--json").document
    assert told == {"key": str(file), "public": CountsKey.read(file).public}


def test_import_stores_ads_and_decisions_once(ads: Terminal, tmp_path: Path, workspace: Path) -> None:
    path = written(tmp_path / "ads.jsonl", [*RECORDS[:2], {"id": "x", "text": "Vote", "clicks": "many"}])
    first = ads("import", path, "--json").document["files"][0]
    assert (first["ads"], first["new"], first["decided"], first["rejected"]) == (2, 2, 2, 1)
    assert first["left_out"] == ["fine_print", "label"]
    assert json.loads(Path(first["rejects"]).read_text("utf-8"))["field"] == "clicks"
    again = ads("import", path, "--json").document["files"][0]
    assert (again["ads"], again["new"], again["decided"]) == (2, 0, 0)
    with Workspace.open(workspace) as opened:
        assert opened.vault.ads.count() == 2
        assert opened.vault.ads.verdicts()[Verdict.REJECT] == 1
        assert len(opened.vault.ads.decisions("jsonl:b")) == 1
        assert [entry.event for entry in opened.vault.ledger.entries()].count("ads.reviewed") == 1


def test_a_persons_decision_stands_when_ads_are_imported_again(ads: Terminal, tmp_path: Path, workspace: Path) -> None:
    path = written(tmp_path / "ads.jsonl", RECORDS[:2])
    ads("import", path)
    with Workspace.open(workspace) as opened:
        decision = opened.vault.ads.decision("jsonl:b")
        assert decision is not None
        overturned = decision.model_dump() | {"verdict": "approve", "decided_by": "rosa"}
        opened.vault.ads.decide([AdDecision.model_validate(overturned)])
    ads("import", path)
    with Workspace.open(workspace) as opened:
        standing = opened.vault.ads.decision("jsonl:b")
        assert standing is not None
        assert (standing.verdict, standing.decided_by) == (Verdict.APPROVE, "rosa")


def test_one_bad_file_does_not_keep_the_others_out(ads: Terminal, tmp_path: Path, workspace: Path) -> None:
    good, empty = written(tmp_path / "good.jsonl", RECORDS[:1]), written(tmp_path / "empty.jsonl", [{"a": 1}])
    ended = ads("import", empty, good)
    assert ended.code == 65
    assert "empty.jsonl" in ended.err
    with Workspace.open(workspace) as opened:
        assert opened.vault.ads.count() == 1


@pytest.mark.shared
def test_real_libraries_are_told_apart_and_imported(
    ads: Terminal, tmp_path: Path, workspace: Path, shared_data: Path
) -> None:
    del tmp_path
    ended = ads(
        "import", shared_data / "ads/ira_facebook_ads.jsonl", shared_data / "ads/PoliticalAds_2018.csv", "--json"
    )
    ira, snap = ended.document["files"]
    assert (ira["ads"], snap["ads"]) == (3498, 659)
    assert ira["verdicts"]["reject"] == 2
    assert snap["verdicts"] == {"approve": 659, "review": 0, "reject": 0}
    with Workspace.open(workspace) as opened:
        decision = opened.vault.ads.decision("ira:3026")
        assert decision is not None
        assert decision.verdict is Verdict.REJECT


def test_import_without_a_workspace_tells_of_init(
    ads: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WATCHBELL_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    ended = ads("import", written(tmp_path / "ads.jsonl", RECORDS))
    assert ended.code == 66
    assert "watchbell init" in ended.err


def test_the_calendar_is_checked_with_ones_own_file(ads: Terminal, tmp_path: Path) -> None:
    own = tmp_path / "ours.yaml"
    own.write_text(
        "elections:\n- {id: zz-1, jurisdiction: ZZ, name: Vote of ZZ, days: [2099-11-15], source: Law, "
        "official: 'https://zz.example'}\n"
    )
    ended = ads("calendar", "check", own, "--json")
    listed = json.loads(ended.out)["elections"]
    assert {"us-general-2028", "zz-1"} <= {one["id"] for one in listed}
    missing = {one["id"]: one["missing"] for one in listed}
    assert missing["zz-1"] == ["hours", "zones", "methods", "places", "post_back_by", "periods"]
    assert "hours" not in missing["us-general-2028"]
    assert "us-general-2024" in json.loads(ended.out)["past"]
    own.write_text("elections: [{id: zz-1}]")
    ended = ads("calendar", "check", own)
    assert ended.code != 0
    assert "election 1, jurisdiction" in ended.err


@pytest.mark.usefixtures("workspace")
def test_a_decision_is_replayed_with_the_rules_that_it_names(ads: Terminal, tmp_path: Path) -> None:
    line = {"id": "1", "text": "We will pay you $40 for your vote on Tuesday.", "country": "US", "payer": "A"}
    ads("import", written(tmp_path / "ads.jsonl", [line]))
    ended = ads("replay", "jsonl:1")
    assert ended.code == 0
    assert "VF-BUY" in ended.out
    assert "18 U.S.C. 597" in ended.out
    assert "say the same as on" in ended.out
    own = tmp_path / "rules.yaml"
    own.write_text("rules:\n- {code: HOUSE-ALL, title: Hold all, reason: We do., verdict: review, when: 'true'}\n")
    told = json.loads(ads("replay", "jsonl:1", "--rules", own, "--json").out)
    assert (told["same_rules"], told["differs"]) == (False, ["policies"])
    assert "There is no ad jsonl:2" in ads("replay", "jsonl:2").err


@pytest.mark.usefixtures("workspace")
def test_own_rules_are_tried_on_the_library_and_then_used(ads: Terminal, tmp_path: Path) -> None:
    lines, own = written(tmp_path / "ads.jsonl", RECORDS), tmp_path / "rules.yaml"
    own.write_text(
        "rules:\n- {code: HOUSE-ALL, title: Hold all, reason: We hold all., verdict: review, when: 'true'}\n"
        "- {code: HOUSE-NONE, title: None, reason: Never., verdict: reject, when: 'false'}\n"
    )
    ads("import", lines)
    tried = json.loads(ads("rules", "test", own, "--json").out)
    assert tried["touched"] == {"HOUSE-ALL": tried["ads"], "HOUSE-NONE": 0}
    assert {(change["from"], change["to"]) for change in tried["changes"]} == {("approve", "review")}
    assert "HOUSE-ALL" in ads("rules", "test", own).out
    verdicts = json.loads(ads("import", lines, "--rules", own, "--json").out)["files"][0]["verdicts"]
    assert verdicts["approve"] == 0
