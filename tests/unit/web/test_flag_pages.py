"""Anyone flags an ad and finds the answer; the desk sees the clock."""

from datetime import timedelta

from tests.made_up_desk import APPROVED_AD, HOSTILE, NOW, REJECTED_AD
from tests.unit.web.conftest import StillClock, Visitor
from watchbell.vault.workspace import Workspace

FORM = {"reason": "misleads_voters", "words": f"It names a wrong day {HOSTILE}"}


def test_a_reader_flags_an_ad_and_finds_the_answer(visitor: Visitor, clock: StillClock) -> None:
    reader, reviewer = visitor(None), visitor("rev")
    assert f"/library/flag/{APPROVED_AD.replace(':', '%3A')}" in reader.get(f"/library/ads/{APPROVED_AD}").text
    sent = reader.post(f"/library/flag/{APPROVED_AD}", data=FORM)
    own = sent.headers["location"]
    page = reader.get(own).text
    assert "Waits for an answer" in page
    assert "wrong day" not in page
    assert "in 7 d" in reviewer.get("/desk/flags").text
    assert "1 flag waits for an answer" in reviewer.get("/desk").text
    assert "flag waits" not in visitor("ana").get("/desk").text
    address = f"/desk/flags/{own.rpartition('/')[2]}"
    assert "in 7 d" in reviewer.get(address).text
    clock.now = NOW + timedelta(days=8)
    reviewer = visitor("rev")
    assert "1 d late" in reviewer.get(address).text
    assert HOSTILE not in reviewer.get(address).text
    answer = {"state": "upheld", "words": "You are right, it is taken off."}
    assert reviewer.post(f"{address}/answer", data=answer).status_code == 303
    assert "You are right, it is taken off." in reader.get(own).text
    assert "after its time" in reviewer.get(address).text
    assert "Flagged once" in reader.get(f"/library/ads/{APPROVED_AD}").text
    assert reviewer.post(f"{address}/answer", data=answer).status_code == 400


def test_what_is_missing_is_said_and_what_was_written_stays(visitor: Visitor, workspace: Workspace) -> None:
    answer = visitor(None).post(f"/library/flag/{REJECTED_AD}", data={"words": "Look at this"})
    assert answer.status_code == 400
    assert "Choose what is wrong" in answer.text
    assert "Look at this" in answer.text
    assert workspace.vault.ad_flags.waiting() == []


def test_the_sixth_flag_within_an_hour_is_turned_away(visitor: Visitor) -> None:
    reader = visitor(None)
    for _ in range(5):
        assert reader.post(f"/library/flag/{APPROVED_AD}", data=FORM).status_code == 303
    assert "Too many flags" in reader.post(f"/library/flag/{APPROVED_AD}", data=FORM).text


def test_nobody_guesses_a_flag_and_an_analyst_does_not_answer(visitor: Visitor) -> None:
    assert visitor(None).get("/library/flags/flag-1").status_code == 404
    assert visitor(None).get("/library/flag/jsonl:none").status_code == 404
    assert visitor("ana").get("/desk/flags").status_code == 403
