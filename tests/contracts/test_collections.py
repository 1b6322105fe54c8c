"""Objects in collections: each its own moment, nobody in another's name, each reader its part; on both databases."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchbell.model.collections import Access, Collection, HeldObject, Need, SharedObject, Wanted
from watchbell.model.partners import Membership, Partner, PartnerKind, Scope, TrustGroup
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
COLLECTION = Collection(
    id=str(UUID(int=1)), alias="exchange", title="Exchange", group_id="g", tlp=Tlp.RED, accepts=True
)
EVERY = Wanted(every=True, limit=1_000)


def shared(number: int, version: int = 1, tlp: Tlp = Tlp.GREEN, text: str = "") -> SharedObject:
    """Return a campaign; versions are days."""
    body = json.dumps({"number": number, "version": version, "text": text})
    return SharedObject(
        number=1,
        object_id=f"campaign--{UUID(int=number)}",
        type="campaign",
        spec_version="2.1",
        version=f"2026-01-{version:02}T00:00:00.000Z",
        version_us=version,
        heard_from=tlp,
        marking=tlp,
        body=body.encode(),
    )


def access(partner: str, clearance: Tlp = Tlp.GREEN) -> Access:
    return Access(COLLECTION, partner, clearance, can_read=True, can_write=True)


A, B, CLEARED = access("a"), access("b"), access("c", Tlp.RED)


@pytest.fixture
def exchange(vault: Vault) -> Vault:
    vault.partners.put_group(TrustGroup(id="g", name="Partners"))
    vault.collections.put(COLLECTION)
    return vault


def texts(vault: Vault, reader: Access, wanted: Wanted = EVERY) -> list[str]:
    return [
        f"{json.loads(held.body)['number']}.{json.loads(held.body)['version']}" for held in page(vault, reader, wanted)
    ]


def page(vault: Vault, reader: Access, wanted: Wanted = EVERY) -> list[HeldObject]:
    return vault.collections.page(reader, wanted).objects


def test_every_object_has_its_own_moment_and_comes_back_as_it_came(exchange: Vault) -> None:
    sent = [shared(number) for number in range(2_500)]
    assert exchange.collections.add(A, sent, NOW) == (2_500, [])
    held = [*page(exchange, A), *page(exchange, A, Wanted(after=page(exchange, A)[-1].added, limit=2_000))]
    assert [one.body for one in held] == [one.body for one in sent]
    assert all(later.added - earlier.added == 1 for earlier, later in pairwise(held))


def test_a_circle_of_needs_is_as_narrow_as_its_narrowest_part_and_no_longer(exchange: Vault) -> None:
    circle = [
        replace(shared(number, tlp=tlp), needs=(Need((f"campaign--{UUID(int=number % 3 + 1)}",)),))
        for number, tlp in enumerate((Tlp.CLEAR, Tlp.CLEAR, Tlp.AMBER), start=1)
    ]
    exchange.collections.add(A, circle, NOW)
    assert texts(exchange, B) == []
    assert texts(exchange, CLEARED) == ["1.1", "2.1", "3.1"]
    exchange.collections.add(A, [replace(shared(3, version=2), needs=circle[2].needs)], NOW)
    assert sorted(texts(exchange, B)) == ["1.1", "2.1", "3.2"]
    assert len({held.added for held in page(exchange, CLEARED)}) == 4


def test_one_of_a_list_is_enough_but_what_is_needed_whole_must_be_heard_whole(exchange: Vault) -> None:
    first, second, third = (f"campaign--{UUID(int=number)}" for number in (1, 2, 3))
    partly = replace(shared(3), marking=Tlp.RED)
    either, whole = (
        replace(shared(4), needs=(Need((first, second)),)),
        replace(shared(5), needs=(Need((third,), whole=True),)),
    )
    exchange.collections.add(A, [either, whole, partly, shared(2, tlp=Tlp.RED)], NOW)
    assert texts(exchange, B) == ["4.1", "3.1"]  # nobody told of the first, so there is nothing to hide
    exchange.collections.add(A, [shared(1, tlp=Tlp.RED)], NOW)
    assert texts(exchange, B) == ["3.1"]


def test_a_clock_that_goes_back_gives_no_earlier_moment(exchange: Vault) -> None:
    exchange.collections.add(A, [shared(1)], NOW)
    exchange.collections.add(A, [shared(2)], NOW - timedelta(days=1))
    assert texts(exchange, A) == ["1.1", "2.1"]


def test_the_same_version_again_changes_nothing_and_another_content_is_refused(exchange: Vault) -> None:
    exchange.collections.add(A, [shared(1)], NOW)
    before = page(exchange, A)
    reordered = replace(shared(1), body=b'{"version":1,  "text":"", "number":1}')
    added, refused = exchange.collections.add(A, [shared(1), reordered, shared(1, text="other"), shared(2)], NOW)
    assert added == 3
    assert [(refusal.object_id, "other content" in refusal.reason) for refusal in refused] == [
        (shared(1).object_id, True)
    ]
    assert page(exchange, A)[:1] == before


def test_many_writers_at_once_get_moments_in_the_order_in_which_they_become_visible(
    exchange: Vault, open_again: Callable[[], Vault]
) -> None:
    writers, each = 4, 60
    vaults = [open_again() for _ in range(writers)]
    seen: list[str] = []

    def write(writer: int) -> None:
        for number in range(each):
            objects = [shared(writer * 10_000 + number * 10 + part) for part in range(3)]
            assert vaults[writer].collections.add(access(f"p{writer}"), objects, NOW) == (3, [])

    with ThreadPoolExecutor(writers) as pool:
        writing = [pool.submit(write, writer) for writer in range(writers)]
        after = 0
        while True:
            is_over = all(job.done() for job in writing)
            found = page(exchange, CLEARED, Wanted(after=after, limit=50))
            seen += [held.object_id for held in found]
            after = found[-1].added if found else after
            if is_over and not found:
                break
        for job in writing:
            job.result()
    assert len(seen) == len(set(seen)) == writers * each * 3


def test_objects_are_heard_up_to_the_clearance_and_by_whoever_told_them(exchange: Vault) -> None:
    exchange.collections.add(A, [shared(1), shared(2, tlp=Tlp.AMBER), shared(3, tlp=Tlp.RED)], NOW)
    assert texts(exchange, A) == ["1.1", "2.1", "3.1"]
    assert texts(exchange, B) == ["1.1"]
    assert texts(exchange, access("d", Tlp.AMBER_STRICT)) == ["1.1", "2.1"]
    assert texts(exchange, CLEARED) == ["1.1", "2.1", "3.1"]
    assert page(exchange, B, Wanted(ids=(shared(3).object_id,))) == []


def test_nobody_speaks_for_an_object_that_another_told_of_first(exchange: Vault) -> None:
    exchange.collections.add(A, [shared(1)], NOW)
    _, refused = exchange.collections.add(B, [shared(1, version=2)], NOW)
    assert "Another partner shares this object" in refused[0].reason
    assert exchange.collections.add(B, [shared(1)], NOW) == (1, [])
    assert texts(exchange, B) == ["1.1"]
    assert exchange.collections.remove(B, Wanted(ids=(shared(1).object_id,), every=True)) == 0


def test_what_may_not_be_heard_is_not_felt_by_telling_it_again(exchange: Vault) -> None:
    exchange.collections.add(A, [shared(1, tlp=Tlp.RED)], NOW)
    assert exchange.collections.add(B, [shared(1, text="B's own")], NOW) == (1, [])
    assert [json.loads(held.body)["text"] for held in page(exchange, B)] == ["B's own"]
    assert [json.loads(held.body)["text"] for held in page(exchange, CLEARED)] == [""]
    exchange.collections.add(A, [shared(1, version=2, tlp=Tlp.RED)], NOW)
    assert texts(exchange, CLEARED) == ["1.1", "1.2"]


def test_versions_are_told_apart(exchange: Vault) -> None:
    exchange.collections.add(A, [shared(1, version=version) for version in (2, 1, 3)], NOW)
    exchange.collections.add(A, [shared(1, version=4, tlp=Tlp.RED)], NOW)
    assert texts(exchange, B, Wanted()) == ["1.3"]
    assert texts(exchange, A, Wanted()) == ["1.4"]
    assert texts(exchange, B, Wanted(last=False, first=True)) == ["1.1"]
    assert texts(exchange, B, Wanted(last=True, first=True)) == ["1.1", "1.3"]
    assert texts(exchange, B, Wanted(last=False, versions=(2,))) == ["1.2"]
    assert texts(exchange, B, Wanted(every=True)) == ["1.2", "1.1", "1.3"]


def test_versions_are_taken_out(exchange: Vault) -> None:
    exchange.collections.add(A, [shared(1, version=version) for version in (3, 1, 2)] + [shared(2)], NOW)
    only = (shared(1).object_id,)
    assert exchange.collections.remove(A, Wanted(ids=only)) == 1
    assert texts(exchange, B) == ["1.1", "1.2", "2.1"]
    assert exchange.collections.remove(A, Wanted(ids=only, every=True)) == 2
    assert texts(exchange, B) == ["2.1"]


def test_large_objects_end_a_page_early(exchange: Vault) -> None:
    large = "x" * 900_000
    exchange.collections.add(A, [shared(number, text=large) for number in range(12)], NOW)
    first = exchange.collections.page(A, Wanted(limit=12))
    rest = exchange.collections.page(A, Wanted(limit=12, after=first.objects[-1].added))
    assert first.more
    assert not rest.more
    assert len(first.objects) + len(rest.objects) == 12


def test_a_collection_is_open_while_the_agreement_is_in_force(exchange: Vault) -> None:
    partner = Partner(id="p", name="P", kind=PartnerKind.MEDIA, clearance=Tlp.CLEAR)
    exchange.partners.put(partner)
    assert exchange.collections.open_to(partner, Scope, NOW) == []
    place = Membership(
        partner_id="p", group_id="g", clearance=Tlp.AMBER, begins_at=NOW, ends_at=NOW + timedelta(days=1)
    )
    exchange.partners.put_membership(place)
    opened = exchange.collections.open_to(partner, [Scope.READ], NOW, "exchange")
    assert opened == [Access(COLLECTION, "p", Tlp.AMBER, can_read=True, can_write=False)]
    assert exchange.collections.open_to(partner, Scope, NOW + timedelta(days=1)) == []
    assert exchange.partners.end_membership("p", "g")
    assert exchange.collections.open_to(partner, Scope, NOW) == []


def test_deliveries_keep_their_first_time(exchange: Vault) -> None:
    exchange.collections.add(A, [shared(1), shared(2)], NOW)
    first, second = (held.added for held in page(exchange, A))
    exchange.deliveries.note_page("p", COLLECTION.id, [first], NOW)
    exchange.deliveries.note_page("p", COLLECTION.id, [first, second], NOW + timedelta(days=1))
    exchange.deliveries.note("p", "bundle", [(shared(1).object_id, "2026")], NOW + timedelta(days=2))
    assert [(one.way, one.at) for one in exchange.deliveries.of_object(shared(1).object_id)] == [
        ("taxii", NOW),
        ("bundle", NOW + timedelta(days=2)),
    ]
    assert len(exchange.deliveries.to_partner("p")) == 3
    assert [held.is_new for held in page(exchange, access("p"))] == [False, False]
    assert [held.is_new for held in page(exchange, B)] == [True, True]


TELLING = st.tuples(
    st.sampled_from("abc"), st.integers(1, 3), st.integers(1, 3), st.sampled_from(list(Tlp)), st.sampled_from("xy")
)


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return iter(range(1, 10_000))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tellings=st.lists(TELLING, max_size=12), clearance=st.sampled_from(list(Tlp)))
def test_whatever_is_told_nobody_hears_more_than_they_may(
    exchange: Vault, numbers: Iterator[int], tellings: list[tuple[str, int, int, Tlp, str]], clearance: Tlp
) -> None:
    collection = COLLECTION.model_copy(update={"id": str(UUID(int=next(numbers))), "alias": None})
    exchange.collections.put(collection)
    for partner, number, version, tlp, text in tellings:
        teller = Access(collection, partner, Tlp.GREEN, can_read=True, can_write=True)
        exchange.collections.add(teller, [shared(number, version, tlp, text)], NOW)
    reader = Access(collection, "reader", clearance, can_read=True, can_write=False)
    held = page(exchange, reader)
    assert all(one.marking_rank <= clearance.rank for one in held)
    # Of each object the reader hears one partner only, and each version once.
    assert len({(one.object_id, one.partner_id) for one in held}) == len({one.object_id for one in held})
    assert len({(one.object_id, one.version) for one in held}) == len(held)
