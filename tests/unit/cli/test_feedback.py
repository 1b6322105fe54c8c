import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests import made_up_desk as made_up
from tests.made_up_desk import INDICATOR, PASSWORD, RED_CASE, RED_INDICATOR
from watchbell.cli import feedback, indicators, release, request, user
from watchbell.desk.accounts import COMMAND_LINE, add_user, clear_user
from watchbell.errors import NotAllowedError, UsageError
from watchbell.model.feedback import Waiting
from watchbell.model.partners import Partner, PartnerKind, Role
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    with Workspace.create(root) as workspace:
        vault = workspace.vault
        vault.indicators.add([made_up.indicator()])
        vault.cases.put(made_up.red_case())
        vault.partners.put(Partner(id="partner--red", name="Named", kind=PartnerKind.PLATFORM, clearance=Tlp.RED))
        for name in ("eva", "kim"):
            add_user(vault, name, Role.REVIEWER, PASSWORD, made_up.NOW)
            clear_user(vault, name, Tlp.RED, {}, made_up.NOW)
    return root


def told(app: Any, folder: Path, *words: str, typed: str = "") -> str:
    arguments = [*words, "--workspace", str(folder)]
    done = CliRunner().invoke(app, arguments, input=typed, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def document(app: Any, folder: Path, *words: str) -> Any:
    return json.loads(told(app, folder, *words, "--json"))


def test_an_indicator_is_named_by_its_value_or_id(folder: Path) -> None:
    for name in (INDICATOR, "herald-news.example", "herald-news[.]example"):
        assert "seen 2 times" in told(feedback.app, folder, "sight", name, "--times", "2")
    with pytest.raises(UsageError, match="indicators list"):
        told(feedback.app, folder, "sight", "nothing.example")
    with Workspace.open(folder) as workspace:
        twin = made_up.indicator("indicator--twin").model_copy(update={"source": "Another"})
        workspace.vault.indicators.add([twin])
    with pytest.raises(UsageError, match="indicator--twin \\(Another\\)"):
        told(feedback.app, folder, "sight", "herald-news.example")


def test_a_dispute_is_opened_listed_and_answered(folder: Path) -> None:
    told(feedback.app, folder, "opine", INDICATOR, "agree", "--reason", "Seen it")
    opened = document(feedback.app, folder, "dispute", INDICATOR, "--claim", "Ours", "--evidence", "imprint")
    assert [one["id"] for one in document(feedback.app, folder, "disputes")] == [opened["id"]]
    assert "Ours" in told(feedback.app, folder, "disputes")
    assert "refused" in told(feedback.app, folder, "answer", opened["id"], "refused", "--answer", "It is not")
    assert document(feedback.app, folder, "disputes") == []
    assert len(document(feedback.app, folder, "disputes", "--all")) == 1
    with pytest.raises(UsageError, match="no dispute"):
        told(feedback.app, folder, "answer", "dispute--none", "refused", "--answer", "No")


def test_what_waits_for_its_indicator_is_listed(folder: Path) -> None:
    assert document(feedback.app, folder, "waiting") == []
    late = Waiting(place="c", partner_id="partner--red", object_id="sighting--1", indicator_id="indicator--late",
                   told_at=made_up.NOW, told_by="machine", body="{}")  # fmt: skip
    with Workspace.open(folder) as workspace:
        workspace.vault.waiting.put([late])
    assert document(feedback.app, folder, "waiting")[0]["indicator_id"] == "indicator--late"
    assert "Named" in told(feedback.app, folder, "waiting")


def test_a_retraction_tells_who_has_not_heard(folder: Path) -> None:
    with Workspace.open(folder) as workspace:
        workspace.vault.deliveries.note("partner--red", "bundle", [(INDICATOR, "2026-11-03T09:30:00Z")], made_up.NOW)
    assert "1 have received it" in told(feedback.app, folder, "retract", INDICATOR, "--reason", "Wrong")
    assert "not yet" in told(feedback.app, folder, "receipts", INDICATOR)
    assert document(feedback.app, folder, "receipts", INDICATOR)["revoked"] is True


def test_a_partners_file_of_feedback_is_imported_again_without_change(folder: Path, tmp_path: Path) -> None:
    held = {"type": "sighting", "id": "sighting--1", "count": 2, "sighting_of_ref": INDICATOR,
            "first_seen": "2026-11-01T00:00:00Z"}  # fmt: skip
    file = tmp_path / "said.json"
    file.write_text(json.dumps({"type": "bundle", "objects": [held, held | {"count": "x"}]}))
    for _ in range(2):
        done = document(feedback.app, folder, "import", str(file), "--partner", "Named")
        assert (done["sightings"], done["rejected"]) == (1, 1)
    assert Path(done["rejects"]).exists()
    with Workspace.open(folder) as workspace:
        [sighting] = workspace.vault.feedback.sightings(INDICATOR)
        assert (sighting.partner_id, sighting.count, sighting.told_by) == ("partner--red", 2, COMMAND_LINE)


def test_two_people_release_a_case_with_their_passwords(folder: Path) -> None:
    ask = ("ask", RED_CASE, "--to", "Named", "--reason", "They are in it", "--by", "eva", "--password-stdin")
    with pytest.raises(NotAllowedError, match="do not belong together"):
        told(release.app, folder, *ask, typed="wrong\n")
    assert "Another person approves it" in told(release.app, folder, *ask, typed=f"{PASSWORD}\n")
    [asked] = document(release.app, folder, "list")
    approve = ("approve", asked["id"], "--reason", "Yes", "--password-stdin", "--by")
    with pytest.raises(NotAllowedError, match="second person"):
        told(release.app, folder, *approve, "eva", typed=f"{PASSWORD}\n")
    assert "approved" in told(release.app, folder, *approve, "kim", typed=f"{PASSWORD}\n")
    assert "kim" in told(release.app, folder, "list")


def test_requests_are_kept_answered_and_counted(folder: Path) -> None:
    add = ("add", "--asker", "Ministry", "--country", "xx", "--kind", "removal", "--scope", "A page",
           "--received", "2026-11-01", "--due", "2026-11-08")  # fmt: skip
    kept = document(request.app, folder, *add)
    assert document(request.app, folder, *add)["id"] == kept["id"]
    assert "Ministry" in told(request.app, folder, "list")
    told(request.app, folder, "answer", kept["id"], "refused", "--answer", "Satire is allowed")
    report = document(request.app, folder, "report", "--year", "2026")
    assert (report["requests"], report["without_legal_basis"], report["by_state"]) == (1, 1, {"refused": 1})
    assert "1 requests in 2026" in told(request.app, folder, "report", "--year", "2026").replace("\n", " ")
    with pytest.raises(UsageError, match="country"):
        told(request.app, folder, *add[:4], "Germany", *add[5:])


def test_a_person_is_cleared_by_name(folder: Path) -> None:
    with Workspace.open(folder) as workspace:
        add_user(workspace.vault, "ana", Role.ANALYST, PASSWORD, made_up.NOW)
    with pytest.raises(UsageError, match="trust group"):
        told(user.app, folder, "clear", "ana", "--clearance", "red", "--group", "Narrow=red")
    assert "TLP:RED" in told(user.app, folder, "clear", "ana", "--clearance", "red")
    assert [one["clearance"] for one in document(user.app, folder, "list")] == ["red"] * 3


def test_red_indicators_leave_for_a_named_partner_by_the_word_of_two(folder: Path, tmp_path: Path) -> None:
    with Workspace.open(folder) as workspace:
        workspace.vault.indicators.add([made_up.indicator(RED_INDICATOR, "red.example", Tlp.RED)])
    out = tmp_path / "out.json"
    export = ("export", "--out", str(out), "--up-to", "red")
    with pytest.raises(NotAllowedError, match="Say who receives it"):
        told(indicators.app, folder, *export)
    with pytest.raises(NotAllowedError, match="two people"):
        told(indicators.app, folder, *export, "--to", "Named")
    sign = ("--password-stdin", "--by")
    told(release.app, folder, "ask", "indicators", "--to", "Named", "--reason", "Named", *sign, "eva",
         typed=f"{PASSWORD}\n")  # fmt: skip
    [asked] = document(release.app, folder, "list")
    told(release.app, folder, "approve", asked["id"], "--reason", "Yes", *sign, "kim", typed=f"{PASSWORD}\n")
    told(indicators.app, folder, *export, "--to", "Named")
    assert "red.example" in out.read_text()
    receipts = document(feedback.app, folder, "receipts", RED_INDICATOR)["receipts"]
    assert [(one["partner_id"], one["ways"]) for one in receipts] == [("partner--red", ["stix"])]
    # What is up to amber may leave for nobody in particular, and then nothing narrower is among it.
    told(indicators.app, folder, "export", "--out", str(out), "--up-to", "amber")
    assert "red.example" not in out.read_text()
