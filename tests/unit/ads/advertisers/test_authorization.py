"""The state machine: what is missing, until when, paused by the clock, restored with no new review."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.ads.advertisers.authorization import State, StepState, good_until, standing
from watchbell.ads.advertisers.routebook import RouteBook, jurisdiction_of
from watchbell.errors import InputError, UsageError
from watchbell.model.advertisers import Evidence, EvidenceKind, EvidenceVerdict

BOOK = RouteBook.bundled()
US = BOOK.plan("US", "legal-name")
NOW = datetime(2026, 11, 3, tzinfo=UTC)
DAY = timedelta(days=1)


def shown(
    step: str,
    verdict: EvidenceVerdict = EvidenceVerdict.ACCEPTED,
    at: datetime = NOW,
    number: int = 0,
    by: str = "watchbell",
) -> Evidence:
    kind = {"identity": EvidenceKind.PASSPORT, "location": EvidenceKind.LETTER}.get(step, EvidenceKind.DOCUMENT)
    decided = verdict in {EvidenceVerdict.ACCEPTED, EvidenceVerdict.REFUSED}
    return Evidence(
        id=f"{step}-{number}",
        advertiser_id="a",
        step=step,
        kind=kind,
        verdict=verdict,
        reason="R.",
        given_at=at,
        decided_at=at if decided else None,
        decided_by=by if decided else None,
    )


BOTH = [shown("identity"), shown("location")]


def test_the_label_and_the_end_follow_from_the_route() -> None:
    found = standing(US, BOTH, NOW)
    assert (found.state, found.label, found.until) == (State.AUTHORIZED, "About this ad", NOW + 730 * DAY)
    assert standing(US, BOTH[:1], NOW).missing[0].step == "location"
    assert standing(US, BOTH[:1], NOW).label is None


def test_notices_come_before_the_end_and_the_clock_pauses() -> None:
    found = standing(US, BOTH, NOW)
    notice = {step.step: step.notice_from for step in found.steps}
    assert notice == {"identity": NOW + 670 * DAY, "location": NOW + 700 * DAY}
    assert [step.step for step in found.due(NOW + 670 * DAY)] == ["identity"]
    lapsed = NOW + 730 * DAY
    assert standing(US, BOTH, lapsed - timedelta(seconds=1)).may_run
    assert standing(US, BOTH, lapsed).state is State.PAUSED
    again = [*BOTH, *(shown(step, at=lapsed, number=1) for step in ("identity", "location"))]
    assert standing(US, again, lapsed).state is State.AUTHORIZED


def test_a_document_that_expires_first_ends_it() -> None:
    passport = shown("identity").model_copy(update={"expires_on": date(2026, 12, 31)})
    assert standing(US, [passport, BOTH[1]], NOW).until == datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


def test_a_letter_on_its_way_counts_for_three_weeks_from_the_first() -> None:
    first = shown("location", EvidenceVerdict.CODE)
    second = shown("location", EvidenceVerdict.CODE, NOW + 20 * DAY, 1)
    given_ = [BOTH[0], first, second]
    assert standing(US, given_, NOW + 20 * DAY).state is State.AUTHORIZED
    late = standing(US, given_, NOW + 21 * DAY)
    assert (late.state, late.missing[0].state) == (State.INCOMPLETE, StepState.CODE)


def test_a_checkers_refusal_leaves_what_still_holds() -> None:
    blurred = shown("identity", EvidenceVerdict.REFUSED, NOW + DAY, 1)
    found = standing(US, [*BOTH, blurred], NOW + DAY)
    assert (found.may_run, found.until) == (True, NOW + 730 * DAY)
    assert standing(US, [*BOTH, blurred], NOW + 730 * DAY).state is State.PAUSED
    assert standing(US, [BOTH[1], blurred], NOW + DAY).state is State.REFUSED
    mistyped = [BOTH[0], shown("location", EvidenceVerdict.CODE), shown("location", EvidenceVerdict.REFUSED, NOW, 1)]
    assert standing(US, mistyped, NOW + DAY).may_run


def test_a_persons_refusal_undoes_what_was_accepted_before_it() -> None:
    refused = shown("identity", EvidenceVerdict.REFUSED, NOW + DAY, 1, "rev")
    assert standing(US, [*BOTH, refused], NOW + DAY).state is State.REFUSED
    better = shown("identity", EvidenceVerdict.ACCEPTED, NOW + 2 * DAY, 2)
    assert standing(US, [*BOTH, refused, better], NOW + 2 * DAY).may_run


def test_the_union_asks_where_a_sponsor_is_only_before_a_vote() -> None:
    plan = BOOK.plan("EU", "person")
    identity = [shown("identity")]
    assert standing(plan, identity, NOW, [date(2029, 6, 7)]).may_run
    near = [NOW.date() + timedelta(days=92)]
    assert [step.step for step in standing(plan, identity, NOW, near).missing] == ["established-in-the-union"]


EVIDENCE = st.lists(
    st.builds(
        shown,
        st.sampled_from(["identity", "location", "elsewhere"]),
        st.sampled_from(list(EvidenceVerdict)),
        st.integers(-800, 10).map(lambda days: NOW + days * DAY),
        st.integers(0, 10_000),
        st.sampled_from(["watchbell", "rev"]),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)


@settings(max_examples=200, deadline=None)
@given(EVIDENCE)
def test_nobody_is_authorised_with_a_step_that_is_missing_lapsed_or_refused_by_a_person(
    evidence: list[Evidence],
) -> None:
    found = standing(US, evidence, NOW)
    if not found.may_run:
        return
    for name, step in US.steps.items():
        past = [one for one in evidence if one.step == name and (one.decided_at or one.given_at) <= NOW]
        last_refusal = max(
            (one.given_at for one in past if one.verdict is EvidenceVerdict.REFUSED and one.decided_by == "rev"),
            default=None,
        )
        holds = [
            one
            for one in past
            if one.verdict is EvidenceVerdict.ACCEPTED
            and (good_until(step, one) or NOW + DAY) > NOW
            and (last_refusal is None or one.given_at > last_refusal)
        ]
        on_its_way = step.provisional_days and any(one.verdict is EvidenceVerdict.CODE for one in past)
        assert holds or (on_its_way and last_refusal is None)


@settings(max_examples=100, deadline=None)
@given(EVIDENCE, st.randoms())
def test_the_order_of_evidence_does_not_matter(evidence: list[Evidence], random: object) -> None:
    mixed = list(evidence)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis hands in a random.Random
    assert standing(US, mixed, NOW) == standing(US, evidence, NOW)


def test_a_jurisdiction_is_a_file(tmp_path: Path) -> None:
    steps = "steps:\n  identity: {title: T, accepts: [passport], source: s}\n"
    text = f"jurisdiction: NZ\nname: New Zealand\nsource: Electoral Act 1993\n{steps}"
    (tmp_path / "nz.yaml").write_text(
        text + "routes:\n  promoter: {title: Promoter, label: Promoted by, steps: [identity]}\n"
    )
    book = BOOK.with_files([tmp_path / "nz.yaml"])
    assert standing(book.plan("NZ", "promoter"), BOTH, NOW).label == "Promoted by"
    with pytest.raises(InputError, match="a step x that"):
        jurisdiction_of(text + "routes:\n  p: {title: P, label: L, steps: [x]}\n", "nz.yaml")
    with pytest.raises(UsageError, match="no route"):
        book.plan("NZ", "tax-id")


def test_no_evidence_holds_for_ever() -> None:
    assert all(step.valid_days for one in BOOK.jurisdictions.values() for step in one.steps.values())


def test_every_bundled_step_names_its_source() -> None:
    assert set(BOOK.jurisdictions) == {"CA", "EU", "GB", "US"}
    assert {BOOK.route("US", name).label for name in ("tax-id", "government", "committee")} == {
        "Confirmed Organization"
    }
