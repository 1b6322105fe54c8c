"""No marked byte leaves above its marking, by any way out: random records, random audiences, every way."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import made_up_desk as made_up
from tests.made_up_desk import NOW
from watchbell.desk.cases.dossier import dossier_of, whoever_hears
from watchbell.desk.cases.dossier_page import dossier_page
from watchbell.desk.cases.house import House
from watchbell.desk.exchange import webhooks
from watchbell.desk.exchange.collections import read_page
from watchbell.desk.exchange.feedback import Seen, Teller, sight
from watchbell.desk.exchange.indicator_export import Addressee, Form, Selection, export_indicators, parcel_of_indicators
from watchbell.desk.exchange.indicator_view import indicator_view
from watchbell.desk.exchange.outgoing import Answer
from watchbell.desk.exchange.partner_view import partner_view
from watchbell.desk.exchange.peers import Reached
from watchbell.desk.exchange.publishing import publish_indicators
from watchbell.desk.exchange.pushing import Aim, push
from watchbell.desk.exchange.releases import ask_release, decide_release
from watchbell.desk.exchange.sending import recipient_named, recipients_of, send_case
from watchbell.desk.exchange.told import feedback_bundle
from watchbell.desk.exchange.webhooks import add_webhook
from watchbell.desk.overview import overview_of
from watchbell.errors import NotAllowedError
from watchbell.exchange.marking import definitions_in, hearable, marking_of
from watchbell.exchange.taxii import MEDIA_TYPE
from watchbell.exchange.taxii_client import Remote, Root
from watchbell.model.audiences import Audience
from watchbell.model.cases import Case
from watchbell.model.collections import HOUSE, Collection, Wanted
from watchbell.model.evidence import Evidence, EvidenceKind
from watchbell.model.partners import Membership, Partner, PartnerKind, Role, Scope, TrustGroup, User
from watchbell.model.peers import Peer
from watchbell.model.releases import ReleaseState
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

if TYPE_CHECKING:
    from watchbell.desk.exchange.outgoing import Connection
    from watchbell.model.indicators import Indicator

EVERYTHING = Audience(Tlp.RED, {"g": Tlp.RED})
EVA, KIM = (
    User(username=name, role=Role.REVIEWER, password_hash="x", created_at=NOW, clearance=Tlp.RED, groups={"g": Tlp.RED})
    for name in ("eva", "kim")
)
LABELS = st.sampled_from(list(Tlp))
PLACES = st.lists(st.tuples(LABELS, st.sampled_from([None, "g"])), min_size=1, max_size=6)
CLEARANCES = st.tuples(LABELS, st.none() | LABELS)
RUNS = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class World:
    """A workspace with indicators that each hold a word found nowhere else, and a partner who may hear some."""

    def __init__(self, workspace: Workspace, turn: int) -> None:
        self.workspace, self.vault, self.turn = workspace, workspace.vault, turn
        self.words: dict[str, Indicator] = {}

    def tell(self, places: list[tuple[Tlp, str | None]], clearance: tuple[Tlp, Tlp | None]) -> None:
        for number, (label, group) in enumerate(places):
            word = f"w{self.turn}x{number}.example"
            held = made_up.indicator(f"indicator--{self.turn:08x}-0000-4000-8000-{number:012x}", word, label)
            self.words[word] = held.model_copy(update={"group": group, "source": f"s{self.turn}x{number}"})
        self.vault.indicators.add(self.words.values())
        self.partner = Partner(
            id=f"partner--{self.turn}", name=f"P{self.turn}", kind=PartnerKind.MEDIA, clearance=clearance[0]
        )
        self.vault.partners.put(self.partner)
        self.vault.partners.put_group(TrustGroup(id="g", name="g"))
        if clearance[1] is not None:
            place = Membership(partner_id=self.partner.id, group_id="g", clearance=clearance[1], begins_at=NOW)
            self.vault.partners.put_membership(place)
        self.audience = self.vault.partners.audience(self.partner, NOW)

    def heard(self, audience: Audience | None = None) -> set[str]:
        listener = audience or self.audience
        return {
            word for word, held in self.words.items() if listener.hears(held.tlp, [held.group] if held.group else [])
        }

    def said(self, text: str) -> set[str]:
        """Return which of the words stand in a text, by value, id or source."""
        return {
            word
            for word, held in self.words.items()
            if word in text or word.replace(".", "[.]") in text or held.id in text or f'"{held.source}"' in text
        }


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[Iterator[World]]:
    with Workspace.create(tmp_path / "w") as workspace:
        yield (World(workspace, turn) for turn in range(1_000_000))


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.MISP_WARNING_LISTS])
@RUNS
@given(places=PLACES, clearance=CLEARANCES, up_to=LABELS)
def test_a_file_for_a_partner_or_for_nobody_in_particular(
    worlds: Iterator[World], form: Form, places: list[tuple[Tlp, str | None]],
    clearance: tuple[Tlp, Tlp | None], up_to: Tlp,
) -> None:  # fmt: skip
    world = next(worlds)
    world.tell(places, clearance)
    selection = Selection()
    for name, audience in ((world.partner.name, world.audience.up_to(up_to)), (None, Audience(up_to))):
        to = Addressee(up_to, name)
        if name is not None:
            recipient = recipient_named(world.vault, name, NOW)
            parcel = parcel_of_indicators(world.vault.indicators.heard_by(audience).all(), recipient)
            asked = ask_release(world.vault, parcel, "Named", by=EVA, now=NOW)
            if asked.state is ReleaseState.ASKED:
                decide_release(world.vault, asked, ReleaseState.APPROVED, "Yes", by=KIM, now=NOW)
        try:
            told = export_indicators(world.workspace, form, selection, to=to, by="test", now=NOW)
        except NotAllowedError:
            assert name is None
            assert up_to.rank > Tlp.AMBER.rank
            continue
        assert world.said("\n".join(told.files.values())) == world.heard(audience)


@RUNS
@given(places=PLACES, up_to=LABELS)
def test_a_warning_list_tells_what_was_taken_back_and_may_be_heard(
    worlds: Iterator[World], places: list[tuple[Tlp, str | None]], up_to: Tlp
) -> None:
    world = next(worlds)
    world.tell(places, (Tlp.CLEAR, None))
    later = NOW + timedelta(days=1)
    taken_back = [held.model_copy(update={"revoked": True, "modified": later}) for held in world.words.values()][::2]
    world.vault.indicators.add(taken_back)
    try:
        told = export_indicators(
            world.workspace, Form.MISP_WARNING_LISTS, Selection(), to=Addressee(up_to), by="test", now=NOW
        )
    except NotAllowedError:
        assert up_to.rank > Tlp.AMBER.rank
        return
    assert world.said("\n".join(told.files.values())) == world.heard(Audience(up_to)) & {
        one.value for one in taken_back
    }


@RUNS
@given(places=PLACES, clearance=CLEARANCES)
def test_feedback_a_case_and_the_pages_of_the_desk(
    worlds: Iterator[World], places: list[tuple[Tlp, str | None]], clearance: tuple[Tlp, Tlp | None]
) -> None:
    world = next(worlds)
    world.tell(places, clearance)
    vault, everything = world.vault, Teller(HOUSE, "eva", EVERYTHING)
    for held in world.words.values():
        sight(vault, held.id, Seen(1, NOW, NOW), teller=everything, now=NOW)
        vault.deliveries.note(world.partner.id, "bundle", [(held.id, "v")], NOW)
    recipient = recipient_named(vault, world.partner.name, NOW)
    assert world.said(json.dumps(feedback_bundle(vault, recipient, operator="Us"))) == world.heard()
    viewed = {word for word, held in world.words.items() if indicator_view(vault, held.id, world.audience, NOW)}
    assert viewed == world.heard()
    view = partner_view(vault, world.partner.id, world.audience, NOW)
    assert view
    assert world.said(str([one for one, _ in view.deliveries])) == world.heard()
    searched = {one.value for one in vault.indicators.heard_by(world.audience).page(text=f"w{world.turn}x")}
    assert searched == world.heard()
    assert overview_of(world.workspace, world.audience).indicators == vault.indicators.heard_by(world.audience).count()


class Server:
    """A partner's server that takes whatever it is sent."""

    def __init__(self) -> None:
        self.objects: list[dict[str, Any]] = []

    def post(self, _url: str, body: bytes) -> Answer:
        self.objects += json.loads(body)["objects"]
        return Answer(202, {"content-type": MEDIA_TYPE}, b'{"id": "1", "status": "complete"}')


@RUNS
@given(places=PLACES, clearance=CLEARANCES, up_to=st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER]))
def test_all_that_is_pushed_says_who_may_hear_it(
    worlds: Iterator[World], places: list[tuple[Tlp, str | None]], clearance: tuple[Tlp, Tlp | None], up_to: Tlp
) -> None:
    world = next(worlds)
    world.tell(places, clearance)
    peer = Peer(name="there", partner_id=world.partner.id, url="https://there.example/")
    said = Teller(HOUSE, "eva", EVERYTHING)
    for held in world.words.values():
        sight(world.vault, held.id, Seen(1, NOW, NOW), teller=said, now=NOW)
    server, remote = Server(), Remote("c", "C", None, can_read=True, can_write=True)
    reached = Reached(cast("Connection", server), Root("https://there.example/api/", 1_000_000), [remote])
    push(world.workspace, peer, reached, Aim(None, up_to, "eva"), lambda: NOW)
    audience, definitions = world.audience.up_to(up_to), definitions_in(server.objects)
    marked = [held for held in server.objects if held["type"] != "marking-definition"]
    assert all(held["object_marking_refs"] for held in marked)
    # All of them: the partner may hear words of earlier worlds too.
    groups = {held.id: [held.group] for held in world.vault.indicators.heard_by(EVERYTHING).all() if held.group}
    assert hearable(server.objects, audience, definitions, groups=groups, unmarked=Tlp.RED) == server.objects
    for name in (held for held in marked if held["type"] == "identity"):
        naming = [marking_of(held, definitions) for held in marked if name["id"] in json.dumps(held) and held != name]
        assert not naming or marking_of(name, definitions) in naming


@RUNS
@given(places=PLACES, clearance=CLEARANCES, label=LABELS)
def test_a_case_goes_to_nobody_who_may_not_hear_all_of_it(
    worlds: Iterator[World], places: list[tuple[Tlp, str | None]], clearance: tuple[Tlp, Tlp | None], label: Tlp
) -> None:
    world = next(worlds)
    world.tell(places, clearance)
    case = Case(
        id=f"case--{world.turn}", title=f"t{world.turn}", summary="s", certainty="c", tlp=label, opened_at=NOW,
        opened_by="eva", modified_at=NOW,
        groups=tuple({held.group for held in world.words.values() if held.group}),
        evidence=tuple(
            Evidence(id=f"e{held.id}", kind=EvidenceKind.INDICATOR, subject=held.id, added_at=NOW, added_by="eva",
                     summary=f'"{held.source}" published {word}', data={"value": word})
            for word, held in world.words.items()
        ),
    )  # fmt: skip
    world.vault.cases.put(case)
    may = world.audience.hears(case.tlp, case.groups)
    assert (world.partner.id in {one.id for one in recipients_of(world.vault, case, NOW)}) is may
    recipient = recipient_named(world.vault, world.partner.name, NOW)
    try:
        told = send_case(world.vault, case, to=recipient, house=House("Us"), by=EVA, now=NOW)
    except NotAllowedError:
        assert not may or label.rank > Tlp.AMBER.rank
        return
    # An indicator that is narrower than its case stays here, and so do the words that name it.
    heard = {word for word in world.heard() if world.words[word].tlp.rank <= label.rank}
    assert may
    assert world.said(json.dumps(told)) == heard
    page = dossier_page(dossier_of(world.workspace, case, to=recipient, by="eva", now=NOW))
    assert world.said(page.replace("[.]", ".")) == heard
    to_nobody = whoever_hears(label)
    if not case.groups:
        page = dossier_page(dossier_of(world.workspace, case, to=to_nobody, by="eva", now=NOW))
        assert world.said(page.replace("[.]", ".")) == heard
    assert f"case--{world.turn}" in {entry.subject for entry in world.vault.ledger.about(case.id)}


@RUNS
@given(places=PLACES, clearance=CLEARANCES, up_to=st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER]))
def test_a_collection_tells_each_reader_its_part(
    worlds: Iterator[World], places: list[tuple[Tlp, str | None]], clearance: tuple[Tlp, Tlp | None], up_to: Tlp
) -> None:
    world = next(worlds)
    world.tell(places, (clearance[0], clearance[1] or Tlp.CLEAR))
    vault = world.vault
    collection = Collection(
        id=f"00000000-0000-4000-8000-{world.turn:012x}", title="c", group_id="g", tlp=Tlp.AMBER_STRICT
    )
    vault.collections.put(collection)
    publish_indicators(vault, collection, up_to=up_to, operator="Us", by="test", now=NOW)
    [access] = vault.collections.open_to(world.partner, Scope, NOW + timedelta(hours=1), collection.id)
    page, bodies = read_page(vault, access, Wanted(limit=10_000), NOW)
    # They are others' indicators, and TLP 2.0 lets none narrower than GREEN be passed on.
    limit = min(up_to, clearance[1] or Tlp.CLEAR, Tlp.GREEN, key=lambda one: one.rank)
    told = {
        word for word, held in world.words.items() if held.tlp.rank <= limit.rank and held.group in (None, "g")
    }  # fmt: skip
    assert world.said(b"\n".join(bodies).decode()) == told
    assert {one.object_id for one in page.objects} & {held.id for held in world.words.values()} == {
        world.words[word].id for word in told
    }


@RUNS
@given(places=PLACES, clearance=CLEARANCES, up_to=st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER]))
def test_a_webhook_tells_what_the_collection_would(
    worlds: Iterator[World], places: list[tuple[Tlp, str | None]], clearance: tuple[Tlp, Tlp | None], up_to: Tlp
) -> None:
    world = next(worlds)
    world.tell(places, clearance)
    vault, sent = world.vault, []
    collection = Collection(
        id=f"00000000-0000-4000-8000-{world.turn:012x}", title="c", group_id="g", tlp=Tlp.AMBER_STRICT
    )
    vault.collections.put(collection)

    def taken(_url: str, body: bytes, _headers: object, **_more: object) -> Answer:
        sent.append(body.decode())
        return Answer(204, {}, b"")

    url = "https://a.example/"
    hook, _ = add_webhook(world.workspace, world.partner, url, authority=None, by="test", now=NOW)
    publish_indicators(vault, collection, up_to=up_to, operator="Us", by="test", now=NOW + timedelta(minutes=1))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(webhooks, "post_once", taken)
        list(webhooks.deliver(world.workspace, lambda: NOW + timedelta(hours=1)))
    webhooks.remove_webhook(vault, hook, by="test", now=NOW)
    # Whoever is not in the group hears nothing of its collection; others' indicators go no further than GREEN.
    limit = min(up_to, clearance[1] or Tlp.CLEAR, Tlp.GREEN, key=lambda one: one.rank)
    told = {
        word for word, held in world.words.items() if held.tlp.rank <= limit.rank and held.group in (None, "g")
    }  # fmt: skip
    assert world.said("\n".join(sent)) == (told if clearance[1] else set())
