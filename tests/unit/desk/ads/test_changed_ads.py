"""A person's decision is about what that person saw: what an ad comes to show later is decided about anew."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from watchbell.ads.rules.rulebook import RuleBook
from watchbell.desk.accounts import add_user
from watchbell.desk.ads.media import MediaFolder
from watchbell.desk.ads.queue import decide_ad, turn_of, undo
from watchbell.desk.ads.replay import replay
from watchbell.desk.ads.review import AdTally, Reviewer, import_ads
from watchbell.model.ads import FIRST_PASS, Ad, AdDecision, Verdict
from watchbell.model.partners import Role, User
from watchbell.vault.workspace import Workspace

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
AD = "jsonl:b"
HARMLESS = {
    "id": "b",
    "text": "Meet our candidate on Saturday at the market hall.",
    "payer": "Friends",
    "country": "DE",
    "media": ["a.png"],
}
DANGEROUS = HARMLESS | {"text": "Don't vote on Tuesday. The election was moved to Wednesday. Stay home!"}

Import = Callable[..., AdTally]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "workspace") as opened:
        add_user(opened.vault, "ann", Role.REVIEWER, "correct horse battery staple", NOW)
        yield opened


@pytest.fixture
def imported(desk: Workspace, tmp_path: Path) -> Import:
    def read(*rows: dict[str, object], hours: int = 0, media: MediaFolder | None = None) -> AdTally:
        path = tmp_path / "ads.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        reviewer = Reviewer(RuleBook.bundled(), NOW + timedelta(hours=hours), media=media)
        return import_ads(desk, path, "jsonl", reviewer)

    return read


def ad(desk: Workspace) -> Ad:
    found = desk.vault.ads.get(AD)
    assert found is not None
    return found


def ann(desk: Workspace) -> User:
    user = desk.vault.users.get("ann")
    assert user is not None
    return user


def standing(desk: Workspace) -> AdDecision:
    decision = desk.vault.ads.decision(AD)
    assert decision is not None
    return decision


def decided(desk: Workspace, verdict: Verdict = Verdict.APPROVE, hours: int = 1) -> AdDecision:
    return decide_ad(desk.vault, ad(desk), verdict, "Looked at.", by=ann(desk), now=NOW + timedelta(hours=hours))


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Meet our candidate on Sunday."},
        {"payer": "Foes"},
        {"disclaimer": "Paid for by Foes"},
        {"links": ["https://elsewhere.example"]},
        {"media": ["b.png"]},
        {"advertiser": "Election Office"},
        {"country": "FR"},
        {"targeting": [{"dimension": "region", "value": "Ohio"}]},
    ],
)
def test_what_shows_something_else_is_held_until_a_person_looks(
    desk: Workspace, imported: Import, change: dict[str, object]
) -> None:
    imported(HARMLESS)
    decided(desk)
    tally = imported(HARMLESS | change, hours=2)
    held = standing(desk)
    assert (tally.decided, tally.verdicts) == (1, {"review": 1})
    assert (held.verdict, held.decided_by, held.policies[0].code) == (Verdict.REVIEW, FIRST_PASS, "AD-CHANGED")
    assert "A person approved it on 2026-11-03" in held.policies[0].reason
    turn = turn_of(desk.vault, AD, desk.vault.ads.decisions(AD), ann(desk), NOW)
    assert turn.overtaken is not None
    assert (turn.overtaken.decided_by, turn.overtaken.verdict) == ("ann", Verdict.APPROVE)
    assert imported(HARMLESS | change, hours=3).decided == 0
    assert not replay(desk, AD, Reviewer(RuleBook.bundled(), NOW)).differs
    decided(desk, hours=4)
    assert imported(HARMLESS | change, hours=5).decided == 0
    assert standing(desk).decided_by == "ann"
    assert turn_of(desk.vault, AD, desk.vault.ads.decisions(AD), ann(desk), NOW).overtaken is None


def test_what_breaks_a_rule_is_rejected_whatever_was_approved_before(desk: Workspace, imported: Import) -> None:
    imported(HARMLESS)
    decided(desk)
    tally = imported(DANGEROUS, hours=2)
    assert (tally.verdicts, standing(desk).verdict) == ({"reject": 1}, Verdict.REJECT)


def test_an_ad_that_was_rejected_is_not_approved_by_going_away_and_back(desk: Workspace, imported: Import) -> None:
    imported(HARMLESS)
    decided(desk, Verdict.REJECT)
    imported(HARMLESS | {"text": "Buy our apples."}, hours=2)
    imported(HARMLESS, hours=3)
    assert (standing(desk).verdict, standing(desk).policies[0].code) == (Verdict.REVIEW, "AD-CHANGED")


@pytest.mark.parametrize(
    "change",
    [
        {"spend": "900", "currency": "USD"},
        {"impressions": 9_000},
        {"clicks": 12},
        {"started_at": "2026-10-01T00:00:00Z", "ended_at": "2026-12-01T00:00:00Z"},
        {},
    ],
)
def test_what_only_grows_leaves_a_persons_decision_as_it_is(
    desk: Workspace, imported: Import, change: dict[str, object]
) -> None:
    imported(HARMLESS)
    taken = decided(desk)
    assert imported(HARMLESS | change, hours=2).decided == 0
    assert standing(desk) == taken


def test_a_decision_that_was_taken_back_holds_nothing(desk: Workspace, imported: Import) -> None:
    imported(HARMLESS)
    decided(desk, Verdict.REJECT)
    undo(desk.vault, ad(desk), by=ann(desk), now=NOW + timedelta(hours=1, seconds=30))
    assert imported(HARMLESS, hours=2).decided == 0
    assert imported(HARMLESS | {"text": "Buy our apples."}, hours=3).verdicts == {"approve": 1}


def test_a_change_that_comes_in_while_a_person_decides_counts_later(desk: Workspace, imported: Import) -> None:
    imported(HARMLESS)
    decided(desk, hours=2)
    imported(HARMLESS | {"text": "Meet our candidate on Sunday."}, hours=1)  # the import had begun before
    assert standing(desk).policies[0].code == "AD-CHANGED"


def test_a_file_that_tells_of_an_ad_twice_changes_nothing_the_second_time(desk: Workspace, imported: Import) -> None:
    rows = (HARMLESS, HARMLESS | {"text": "Meet our candidate on Sunday."})
    assert (imported(*rows).new, imported(*rows, hours=1).decided) == (1, 0)
    assert ad(desk).text == "Meet our candidate on Sunday."
    assert (len(desk.vault.ads.history.versions(AD)), len(desk.vault.ads.decisions(AD))) == (1, 1)


def test_what_only_tells_more_of_whose_ad_it_is_leaves_the_decision_and_its_undoing(
    desk: Workspace, imported: Import
) -> None:
    imported(HARMLESS)
    taken = decided(desk, Verdict.REJECT)
    more = HARMLESS | {"account_id": "12", "payer_address": "1 Main St", "registration_id": "C1"}
    assert imported(more, hours=2).decided == 0
    assert standing(desk) == taken
    decided(desk, hours=3)
    undo(desk.vault, ad(desk), by=ann(desk), now=NOW + timedelta(hours=3, seconds=30))
    assert (standing(desk).verdict, standing(desk).reason) == (Verdict.REJECT, taken.reason)
    assert imported(more | {"account_id": "13"}, hours=4).verdicts == {"review": 1}


def test_a_picture_that_comes_in_after_the_decision_holds_the_ad_and_its_new_address_does_not(
    desk: Workspace, imported: Import, tmp_path: Path
) -> None:
    addresses = [HARMLESS | {"media": [f"https://pictures.example/a.png?oe={number}"]} for number in (1, 2)]
    imported(addresses[0])
    decided(desk)
    Image.effect_noise((64, 64), 80).save(tmp_path / "a.png")
    imported(addresses[0], hours=2, media=MediaFolder(tmp_path))
    assert "before its pictures came in." in standing(desk).policies[0].reason
    taken = decided(desk, hours=3)
    assert imported(addresses[1], hours=4, media=MediaFolder(tmp_path)).decided == 0
    assert (ad(desk).media, standing(desk)) == (tuple(addresses[1]["media"]), taken)
