"""Ways and places to vote, held against the calendar."""

from datetime import UTC, date, datetime

import pytest

from watchbell.ads.elections.calendar import Calendar, Election, Method, Voting
from watchbell.ads.review import Aids, review
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.model.ads import Ad, AdDecision, Verdict

RULES = RuleBook.bundled()
AT = datetime(2027, 2, 20, tzinfo=UTC)


def decided(text: str, country: str, aids: Aids | None = None, at: datetime = AT) -> AdDecision:
    given = {"id": "a:1", "source": "a", "platform": "p", "text": text, "country": country, "payer": "Friends of Lee"}
    return review(Ad.model_validate(given | {"started_at": at}), RULES, now=at, aids=aids or Aids())


def voting(**known: object) -> Aids:
    here = Voting.model_validate({"where": "ZZ", "source": "A law", "official": "https://zz.example"} | known)
    election = Election(
        id="zz-2027",
        jurisdiction="ZZ",
        name="Vote of ZZ",
        days=(date(2027, 3, 7),),
        source="A law",
        official="https://zz.example",
        voting=(here,),
    )
    return Aids(calendar=Calendar([election]))


@pytest.mark.parametrize("text", ["Vote by mail, it is easy!", "Votez par correspondance !", "Wählt per Brief!"])
def test_a_call_to_vote_in_a_way_that_is_not_offered_is_held(text: str) -> None:
    decision = decided(text, "ZZ", voting(methods={Method.POST: False}))
    assert (decision.verdict, [one.code for one in decision.policies]) == (Verdict.REVIEW, ["VI-METHOD"])
    assert "https://zz.example" in decision.policies[0].reason
    assert decided(text, "ZZ", voting(methods={Method.POST: True})).verdict is Verdict.APPROVE
    assert decided(text, "ZZ", voting()).verdict is Verdict.APPROVE


@pytest.mark.parametrize(
    "text",
    [
        "You cannot vote by mail here.",
        "We want a law so that all may vote by mail.",
        "Voters abroad vote by mail.",
    ],
)
def test_who_says_that_it_is_not_offered_or_wishes_it_were_is_left_alone(text: str) -> None:
    assert decided(text, "ZZ", voting(methods={Method.POST: False})).verdict is Verdict.APPROVE


def test_voting_online_is_right_where_it_is_offered_and_only_there() -> None:
    text = "Keine Zeit? Jetzt wählen per Internet!"
    assert decided(text, "EE").verdict is Verdict.APPROVE
    assert decided(text, "DE").verdict is Verdict.REJECT
    assert decided("Jetzt wählen per SMS!", "EE").verdict is Verdict.REJECT


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Wählt online bis Sonntag", Verdict.REVIEW),
        ("Jetzt wählen: Infos online.", Verdict.APPROVE),
        ("Wir fordern: online wählen einführen, per Gesetz!", Verdict.APPROVE),
    ],
)
def test_a_call_to_vote_online_is_held_and_other_things_online_are_left_alone(text: str, verdict: Verdict) -> None:
    at = datetime(2025, 2, 10, tzinfo=UTC)
    political = {"id": "a:1", "source": "a", "platform": "p", "text": text, "country": "DE", "payer": "Friends of Lee"}
    ad = Ad.model_validate(political | {"started_at": at, "declared_political": True, "disclaimer": "Friends of Lee"})
    decision = review(ad, RULES, now=at)
    assert (decision.verdict, [one.code for one in decision.policies]) == (
        verdict,
        ["VI-METHOD"] if verdict is Verdict.REVIEW else [],
    )


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Mail your ballot back: mail ballots are counted if they arrive by March 9.", Verdict.REVIEW),
        ("Mail ballots are counted if they arrive by March 7.", Verdict.APPROVE),
        ("Return your absentee ballot by March 5.", Verdict.APPROVE),
        ("Request your absentee ballot by March 9.", Verdict.APPROVE),
        ("Early voting is open through March 6.", Verdict.REVIEW),
        ("Early voting is open from March 1 to March 4.", Verdict.APPROVE),
        ("Briefwahl: Der Wahlbrief muss bis zum 9. März da sein.", Verdict.REVIEW),
    ],
)
def test_a_deadline_that_is_too_late_is_held(text: str, verdict: Verdict) -> None:
    aids = voting(post_back_by="2027-03-07", early={"first": "2027-03-01", "last": "2027-03-04"})
    decision = decided(text, "ZZ", aids)
    assert (decision.verdict, [one.code for one in decision.policies]) == (
        verdict,
        ["VI-DATE"] if verdict is Verdict.REVIEW else [],
    )


def test_a_place_is_held_where_all_are_known_and_it_is_none_of_them() -> None:
    aids = voting(places=("Town Hall", "Old School"))
    wrong = decided("Vote at the old fairground on Route 9.", "ZZ", aids)
    assert [one.code for one in wrong.policies] == ["VI-LOC"]
    assert decided("Vote at the Town Hall.", "ZZ", aids).verdict is Verdict.APPROVE
    assert decided("The polling place has been moved to the Town Hall.", "ZZ", aids).verdict is Verdict.APPROVE
    assert decided("The polling place has been moved to the Town Hall.", "ZZ", voting()).verdict is Verdict.REVIEW
