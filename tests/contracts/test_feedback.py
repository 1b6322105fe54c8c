"""What comes back, and who may hear what: the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchbell.errors import UsageError
from watchbell.model.audiences import PUBLIC, Audience
from watchbell.model.cases import Case
from watchbell.model.feedback import Claimant, Dispute, DisputeState, Opinion, OpinionValue, Sighting
from watchbell.model.indicators import HITS, Indicator, IndicatorKind
from watchbell.model.releases import Release, ReleaseState
from watchbell.model.requests import GovernmentRequest, RequestKind, RequestState
from watchbell.model.tlp import Tlp
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

NOW = datetime(2026, 11, 3, tzinfo=UTC)
EVERYTHING = Audience(Tlp.RED, {"g": Tlp.RED, "h": Tlp.RED})


def entry(subject: str = "x") -> Entry:
    return Entry("ana", "something.done", subject, {"why": "a test"}, NOW)


def indicator(number: int = 0, tlp: Tlp = Tlp.CLEAR, group: str | None = None, **more: object) -> Indicator:
    told = {"kind": IndicatorKind.DOMAIN, "value": f"{number}.example", "published_as": "x", "source": "A partner",
            "valid_from": NOW, "created": NOW, "modified": NOW}  # fmt: skip
    return Indicator(id=f"indicator--{number:04}", tlp=tlp, group=group, **(told | more))


def hit(of: Indicator, label: Tlp | None = None) -> dict[str, object]:
    return {"hit_id": f"hit {of.id}", "indicator_id": of.id, "indicator_kind": "domain", "indicator_value": of.value,
            "source": of.source, "tlp": label or of.tlp, "target_kind": "ad", "target_id": "a", "at": NOW,
            "field": "text", "matched": of.value, "relation": "exact"}  # fmt: skip


PLACES = st.tuples(st.sampled_from(list(Tlp)), st.sampled_from([None, "g", "h"]))
AUDIENCES = st.builds(
    Audience, st.sampled_from(list(Tlp)), st.dictionaries(st.sampled_from(["g", "h"]), st.sampled_from(list(Tlp)))
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(PLACES, max_size=12), audience=AUDIENCES)
def test_sql_hears_as_the_rule_does(vault: Vault, places: list[tuple[Tlp, str | None]], audience: Audience) -> None:
    base = vault.indicators.count()
    held = [indicator(base + number, *place) for number, place in enumerate(places)]
    vault.indicators.add(held)
    vault.hits.add(pa.Table.from_pylist([hit(one) for one in held], schema=HITS))
    for number, one in enumerate(held):
        case = Case(id=f"case--{base + number}", title="t", summary="s", certainty="c", opened_at=NOW, opened_by="x",
                    modified_at=NOW, tlp=one.tlp, groups=(one.group,) if one.group else ())  # fmt: skip
        vault.cases.put(case)
    everything = list(vault.indicators.all())
    heard = [one for one in everything if audience.hears(one.tlp, [one.group] if one.group else ())]
    shelf = vault.indicators.heard_by(audience)
    assert list(shelf.all()) == heard
    assert shelf.count() == len(heard)
    assert shelf.page(limit=1_000, text=".example") == heard
    assert [one for one in everything if shelf.get(one.id)] == heard
    assert [one for one in everything if shelf.versions(one.id)] == heard
    assert vault.hits.heard_by(audience).all()["indicator_id"].to_pylist() == [one.id for one in heard]
    assert vault.hits.heard_by(audience).count() == len(heard)
    assert vault.cases.heard_by(audience).count() == len(heard)
    assert vault.cases.heard_by(EVERYTHING).count() == len(everything)


def test_a_hit_is_heard_as_its_indicator_is_marked_today(vault: Vault) -> None:
    narrowed = indicator(1, Tlp.RED)
    vault.indicators.add([narrowed])
    found = [hit(narrowed, Tlp.CLEAR), hit(indicator(2, Tlp.CLEAR)), hit(indicator(3, Tlp.RED))]
    vault.hits.add(pa.Table.from_pylist(found, schema=HITS))
    heard = vault.hits.heard_by(PUBLIC).of_targets("ad", ["a"])
    assert heard["indicator_id"].to_pylist() == ["indicator--0002"]


def test_what_an_indicator_was_stays_and_nothing_follows_a_revoked_version(vault: Vault) -> None:
    first = indicator(1, description="first")
    stamps = [vault.indicators.stamp()]
    second = first.model_copy(update={"description": "second", "modified": NOW + timedelta(days=1)})
    revoked = second.model_copy(update={"revoked": True, "modified": NOW + timedelta(days=2)})
    later = second.model_copy(update={"modified": NOW + timedelta(days=3)})
    for version in (first, second):
        vault.indicators.add([version])
        stamps.append(vault.indicators.stamp())
    assert vault.indicators.replace(revoked, entry(first.id))
    stamps.append(vault.indicators.stamp())
    assert len(set(stamps)) == len(stamps)
    assert not vault.indicators.replace(later, entry(first.id))
    vault.indicators.add([later])
    assert vault.indicators.stamp() == stamps[-1]
    assert vault.indicators.versions(first.id) == [revoked, second, first]
    assert [said.event for said in vault.ledger.about(first.id)] == ["something.done"]


def test_sightings_opinions_and_disputes_come_back_as_they_went_in(vault: Vault) -> None:
    sighting = Sighting(id="s", indicator_id="i", partner_id="p", count=3, first_seen=NOW, last_seen=NOW,
                        first_told_at=NOW, told_at=NOW, told_by="m")  # fmt: skip
    opinion = Opinion(id="o", indicator_id="i", partner_id="p", value=OpinionValue.AGREE, reason="Seen it too",
                      first_told_at=NOW, told_at=NOW, told_by="m")  # fmt: skip
    disputes = [
        Dispute(id=f"d{day}", indicator_id="i", claimant=Claimant.PARTNER, partner_id="p", claim="Ours", opened_at=NOW,
                opened_by="m", due_at=NOW + timedelta(days=day), state=state)
        for day, state in ((1, DisputeState.REFUSED), (3, DisputeState.OPEN), (2, DisputeState.OPEN))
    ]  # fmt: skip
    vault.feedback.put_sighting(sighting, entry())
    vault.feedback.put_sighting(sighting.model_copy(update={"count": 4}), entry())
    vault.feedback.put_opinion(opinion, entry())
    for dispute in disputes:
        vault.feedback.put_dispute(dispute, entry())
    assert [one.count for one in vault.feedback.sightings("i")] == [4]
    assert vault.feedback.opinions("i") == [opinion]
    assert vault.feedback.opinions("other") == []
    assert vault.feedback.dispute("d1") == disputes[0]
    assert vault.feedback.dispute("none") is None
    assert [one.id for one in vault.feedback.disputes()] == ["d2", "d3", "d1"]
    assert [one.id for one in vault.feedback.disputes(open_only=True)] == ["d2", "d3"]
    assert [one.id for one in vault.feedback.disputes_of("i")] == ["d3", "d2", "d1"]
    assert vault.feedback.last_seen(["i", "never"]) == {"i": NOW}
    assert len(vault.ledger.about("x")) == 6


def test_requests_are_a_record_of_their_own(vault: Vault) -> None:
    asked = [
        GovernmentRequest(id=f"r{day}", asker="An office", country="DE", kind=RequestKind.REMOVAL, legal_basis="",
                          scope="A page", received_at=NOW + timedelta(days=day), written_by="rev")
        for day in range(2)
    ]  # fmt: skip
    for request in asked:
        vault.requests.put(request, entry())
    answered = asked[0].model_copy(update={"state": RequestState.REFUSED})
    vault.requests.put(answered, entry())
    assert vault.requests.all() == [asked[1], answered]
    assert vault.requests.all(RequestState.OPEN) == [asked[1]]
    assert vault.requests.get("r0") == answered
    assert vault.requests.get("none") is None


def test_a_release_is_decided_once(vault: Vault) -> None:
    release = Release(id="r", subject="case--1", version="1", tlp=Tlp.RED, recipient="p", reason="They are named",
                      asked_by="rev", asked_at=NOW)  # fmt: skip
    assert vault.releases.ask(release, entry())
    assert not vault.releases.ask(release.model_copy(update={"reason": "again"}), entry())
    approved = release.model_copy(update={"state": ReleaseState.APPROVED})
    vault.releases.decide(approved, entry())
    with pytest.raises(UsageError, match="waits for a second person"):
        vault.releases.decide(release, entry())
    assert vault.releases.all(ReleaseState.APPROVED) == [approved]
    assert vault.releases.get("r") == approved
    assert vault.releases.get("none") is None
    assert len(vault.ledger.about("x")) == 2
