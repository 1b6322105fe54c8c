"""A dossier as one page that stands alone, with its marking on the top and bottom of every sheet that is printed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any
from xml.etree.ElementTree import Element

from watchbell import __version__
from watchbell.clock import utc_text
from watchbell.desk.cases.dossier import Dossier, Drawn, Listed, is_told
from watchbell.desk.cases.pieces import counted
from watchbell.desk.cases.techniques import techniques_of_case
from watchbell.desk.pictures.drawing import key_svg, network_svg, timeline_svg
from watchbell.desk.pictures.elements import moment, name, table, tag
from watchbell.desk.pictures.page_alone import page_alone
from watchbell.detect.traces.catalogue import TRACES
from watchbell.model.cases import CaseStatus
from watchbell.model.evidence import Evidence, EvidenceKind
from watchbell.model.feedback import Claimant, Dispute, DisputeState
from watchbell.model.tlp import Tlp

_STATUSES = {
    CaseStatus.OPEN: "Opened; nobody has judged it yet",
    CaseStatus.IN_REVIEW: "In review; nobody has judged it yet",
    CaseStatus.CONFIRMED: "A person has signed that the evidence holds",
    CaseStatus.DISMISSED: "A person has signed that the evidence does not hold",
}
_AUDIENCES = {
    Tlp.CLEAR: "Anyone may have it.",
    Tlp.GREEN: "For the community of partners, not the public.",
    Tlp.AMBER: "For the recipient's organisation and its clients, as they need it.",
    Tlp.AMBER_STRICT: "For the recipient's organisation only.",
    Tlp.RED: "For the people named to receive it, nobody else.",
}
_ANSWERED = {
    DisputeState.OPEN: "open, the answer is owed",
    DisputeState.UPHELD: "upheld: the indicator is taken back",
    DisputeState.REFUSED: "refused: the indicator stands",
    DisputeState.WITHDRAWN: "withdrawn by whoever opened it",
}
# The bounds are those of the scale None, Low, Med, High in STIX 2.1, appendix A.
_CONFIDENCE = ((70, "high"), (30, "medium"), (1, "low"), (0, "none"))
_THINGS = 12
_MOST_WORDS = 1_500
_ELSEWHERE = {
    EvidenceKind.POST, EvidenceKind.INDICATOR, EvidenceKind.GROUP, EvidenceKind.AD, EvidenceKind.AD_DECISION
}  # fmt: skip
"""Kinds of evidence that have a section of their own."""


def dossier_page(dossier: Dossier) -> str:
    """Return the page."""
    case = dossier.part.case
    inside = [
        _head(dossier),
        _summary(dossier),
        *_groups(dossier),
        *_side_by_side(dossier),
        *_ads(dossier),
        *_other_evidence(dossier),
        _indicators(dossier),
        _techniques(dossier),
        _not_found(dossier),
        _disputes(dossier),
        _how_to_dispute(dossier),
        _made(dossier),
    ]
    # Head and foot of a table are printed on every sheet, by every browser; a fixed element is not.
    sheet = tag(
        "table",
        tag("thead", tag("tr", tag("td", _banner(dossier)))),
        tag("tbody", tag("tr", tag("td", tag("main", *inside)))),
        tag("tfoot", tag("tr", tag("td", _banner(dossier)))),
        class_="sheet",
        role="presentation",
    )
    return page_alone(f"Dossier: {case.title}", sheet, "dossier.css")


def _banner(dossier: Dossier) -> Element:
    label = dossier.part.case.tlp
    to = f" · for {dossier.recipient}" if dossier.recipient else ""
    return tag("p", tag("strong", f"TLP:{label.upper()}"), to, class_=f"banner tlp-{label.replace('+', '-')}")


def _head(dossier: Dossier) -> Element:
    case = dossier.part.case
    facts: dict[str, Element | str] = {
        "From": dossier.house.operator,
        "For": dossier.recipient or "nobody in particular",
        "As of": moment(dossier.at),
        "State": _STATUSES[case.status],
        "Opened": moment(case.opened_at),
        "Last change": moment(case.modified_at),
    }
    made_up = "Made up for a demonstration: no person or organisation in it exists." if case.synthetic else None
    return tag(
        "header",
        tag("h1", case.title),
        tag("p", made_up, class_="note") if made_up else None,
        _facts(facts),
        tag("p", _AUDIENCES[case.tlp], class_="muted"),
    )


def _summary(dossier: Dossier) -> Element:
    case = dossier.part.case
    return _section(
        "What was seen", tag("p", case.summary, class_="lead"), tag("h3", "How sure we are"), tag("p", case.certainty)
    )


def _groups(dossier: Dossier) -> Iterator[Element]:
    groups = _of_kind(dossier, EvidenceKind.GROUP)
    for number, piece in enumerate(groups, start=1):
        drawn = dossier.drawn.get(piece.subject)
        of_several = f" {number} of {len(groups)}" if len(groups) > 1 else ""
        yield _section(
            f"Accounts in step{of_several}",
            tag("p", piece.summary),
            *(_pictures(dossier, drawn) if drawn else _pairs(piece)),
            tag("p", "Accounts: ", name(", ".join(map(str, piece.data.get("accounts") or ()))), class_="accounts"),
        )


def _pictures(dossier: Dossier, drawn: Drawn) -> Iterator[Element]:
    network, timeline = drawn.network, drawn.timeline
    said = "Each dot is an account, larger the more of the co-actions touch it; lines join accounts that acted alike."
    picture = network_svg(network.picture, f"Network of {network.group.accounts:,} accounts")
    yield tag("figure", picture, tag("figcaption", said))
    if timeline is None:
        return
    said = "When each account acted on what others of them acted on too; all times are UTC."
    scrolling = {"class_": "wide", "tabindex": "0", "role": "region", "aria_label": "Timeline"}
    yield tag("figure", tag("div", timeline_svg(timeline), **scrolling), tag("figcaption", said))
    things = [one for one in timeline.objects if not dossier.part.withheld.is_named_in(one.object_id)][:_THINGS]
    rows: list[list[Element | str]] = [
        [key_svg(one.rank), name(one.object_id[:300]), _by(one.kind), f"{one.accounts:,}", moment(one.first_at)]
        for one in things
    ]
    yield table("What they shared", ["Mark", "Thing", "By", "Accounts", "First (UTC)"], rows, (3,))


def _pairs(piece: Evidence) -> Iterator[Element]:
    """Yield the heaviest pairs that the evidence keeps, where the run that found the group is no longer there."""
    yield tag("p", "The run that found them is no longer kept, so there is no picture of it here.", class_="muted")
    rows: list[list[Element | str]] = [
        [*(name(str(account)) for account in pair["accounts"]), _by(pair["by"]), f"{pair['post_pairs']:,}"]
        for pair in piece.data.get("heaviest_pairs") or ()
    ]
    yield table("The heaviest pairs", ["Account", "Account", "By", "Post pairs"], rows, (3,))


def _side_by_side(dossier: Dossier) -> Iterator[Element]:
    """Yield the posts of bursts, those on one thing beside each other."""
    posts = sorted(_of_kind(dossier, EvidenceKind.POST), key=lambda one: (_thing(one), str(one.data.get("at"))))
    for thing, pieces in groupby(posts, key=_thing):
        yield _section(
            "Posts side by side",
            tag("p", "All on ", name(thing[:300])),
            tag("ol", *(tag("li", *_post(piece)) for piece in pieces), class_="posts"),
        )


def _thing(piece: Evidence) -> str:
    return str(piece.data.get("object") or "")


def _post(piece: Evidence) -> Iterator[Element]:
    told = piece.data
    gap = f", {told['gap_s']:g} s after the first" if told.get("gap_s") else ", the first"
    when = (moment(datetime.fromisoformat(str(told["at"]))), gap) if told.get("at") else ()
    yield tag("p", name(str(told.get("account_id") or piece.subject)), tag("span", *when))
    yield (
        tag("blockquote", str(told["text"])[:_MOST_WORDS], dir="auto") if told.get("text") else tag("p", piece.summary)
    )


def _ads(dossier: Dossier) -> Iterator[Element]:
    """Yield the ads beside each other, each with what was decided of it."""
    ads = {piece.subject: piece for piece in _of_kind(dossier, EvidenceKind.AD)}
    decided = {piece.subject: piece for piece in _of_kind(dossier, EvidenceKind.AD_DECISION)}
    cards = [tag("li", *_ad(subject, ads.get(subject), decided.get(subject))) for subject in {**ads, **decided}]
    if cards:
        yield _section("Ads side by side", tag("ol", *cards, class_="posts"))


def _ad(subject: str, ad: Evidence | None, decision: Evidence | None) -> Iterator[Element]:
    yield tag("p", name(subject), tag("span", ad.summary if ad else ""))
    if ad and ad.data.get("text"):
        yield tag("blockquote", str(ad.data["text"])[:_MOST_WORDS], dir="auto")
    if decision:
        yield tag("p", decision.summary)


def _other_evidence(dossier: Dossier) -> Iterator[Element]:
    rest = [piece for piece in dossier.part.case.evidence if piece.kind not in _ELSEWHERE]
    if rest:
        yield _section("Other evidence", tag("ul", *(tag("li", *_told(piece)) for piece in rest), class_="pieces"))


def _told(piece: Evidence) -> Iterator[Element | str]:
    if piece.kind is EvidenceKind.NOTE:
        yield tag("p", f"{piece.added_by}, ", moment(piece.added_at), class_="muted")
    yield tag("p", piece.summary)
    found: list[Mapping[str, Any]] = piece.data.get("found") or [] if piece.kind is EvidenceKind.HIT else []
    if found:
        rows: list[list[Element | str]] = [
            [name(str(one["target_id"])), one["field"], name(str(one["matched"])[:300]), one.get("reason") or _how(one)]
            for one in found
        ]
        yield table("Where it was found", ["Post or ad", "In", "Words", "How"], rows)


def _how(found: Mapping[str, Any]) -> str:
    return str(found.get("relation") or "")


def _indicators(dossier: Dossier) -> Element:
    if not dossier.listed:
        return _section("Indicators", tag("p", "No partner's indicator is part of this case."))
    heads = ["Value", "Kind", "Marking", "Published by", "Confidence", "Holds"]
    rows: list[list[Element | str]] = [
        [
            name(_defanged(one.indicator.value)),
            f"{one.indicator.kind}{f' on {one.indicator.platform}' if one.indicator.platform else ''}",
            f"TLP:{one.indicator.tlp.upper()}",
            one.indicator.source,
            _confidence(one.confidence),
            _holds(dossier, one),
        ]
        for one in dossier.listed
    ]
    said = (
        "Written so that nothing opens by a click. That an account shared one of them proves no part in an operation."
    )
    return _section("Indicators", table("Partners' indicators in this case", heads, rows), tag("p", said))


def _holds(dossier: Dossier, listed: Listed) -> str:
    held = listed.indicator
    if held.revoked:
        return "taken back"
    if held.valid_until is None:
        return "with no end named"
    return f"{'ended' if held.valid_until <= dossier.at else 'until'} {held.valid_until:%Y-%m-%d}"


def _confidence(value: int | None) -> str:
    """Return a confidence (0 to 100, faded to today) in words."""
    if value is None:
        return "not said"
    return f"{next(words for least, words in _CONFIDENCE if value >= least)} ({value} of 100)"


def _techniques(dossier: Dossier) -> Element:
    found = techniques_of_case(
        dossier.part.case.evidence, [one.indicator for one in dossier.listed], dossier.house.technique_names
    )
    if not found:
        return _section("Techniques", tag("p", "No technique of DISARM is suggested by the evidence."))
    rows = [
        tag("div", tag("dt", f"{one.disarm_id} {one.name}"), *(tag("dd", reason) for reason in one.reasons))
        for one in found
    ]
    licence = "Ids and names are those of the DISARM Framework, © DISARM Foundation, CC BY-SA 4.0."
    said = "What was seen resembles these; that somebody meant to deceive is not shown by it."
    return _section("Techniques", tag("p", said), tag("dl", *rows), tag("p", licence, class_="muted"))


def _not_found(dossier: Dossier) -> Element:
    return _section("What was not found", tag("ul", *(tag("li", line) for line in _gaps(dossier))))


def _gaps(dossier: Dossier) -> Iterator[str]:
    kinds = {piece.kind for piece in dossier.part.case.evidence}
    if EvidenceKind.GROUP not in kinds:
        yield "No group of accounts that act in step is part of the evidence."
    if not dossier.listed:
        yield "None of the indicators that partners published was found in it."
    if EvidenceKind.AD not in kinds:
        yield "No political ad is part of the evidence."
    for drawn in dossier.drawn.values():
        network = drawn.network
        left = network.group.pairs - network.rare_pairs - network.unjudged_pairs
        if left:
            yield f"Of {counted(left, 'pair')} it is not excluded that chance or a common taste put them so close."
        if network.unjudged_pairs:
            yield f"Of {counted(network.unjudged_pairs, 'pair')} that cannot be told, for an account acted too little."
    yield "Who is behind the accounts is not known from any of this."
    yield "Posts that were deleted, private, or on platforms that were not collected were not looked at."
    yield "What others marked more narrowly than this dossier may be missing from it, without a trace."


def _disputes(dossier: Dossier) -> Element:
    disputed = [(one, dispute) for one in dossier.listed for dispute in one.disputes]
    if not disputed:
        return _section("Disputes", tag("p", "Nobody has disputed any of these indicators with us so far."))
    return _section(
        "Disputes", tag("ul", *(tag("li", *_dispute(one, said)) for one, said in disputed), class_="pieces")
    )


def _dispute(listed: Listed, dispute: Dispute) -> Iterator[Element]:
    who = "a partner" if dispute.claimant is Claimant.PARTNER else "whoever it names"
    opened = f", by {who}, on {dispute.opened_at:%Y-%m-%d}: {_ANSWERED[dispute.state]}."
    yield tag("p", name(_defanged(listed.indicator.value)), opened)
    if is_told(dispute):
        yield tag("blockquote", dispute.claim, dir="auto")
        for place in dispute.evidence:
            yield tag("p", "They point to: ", name(_defanged(place)))
    if dispute.answer:
        yield tag("p", f"Our answer: {dispute.answer}")


def _how_to_dispute(dossier: Dossier) -> Element:
    write = f"write to {dossier.contact}" if dossier.contact else f"write to {dossier.house.operator}"
    case = dossier.part.case
    return _section(
        "How to dispute this",
        tag("p", f"Whoever is named here, or knows better, is owed an answer within {dossier.answer_days} days."),
        tag(
            "ul",
            tag("li", f"If an account, a site or a number here is yours: {write}. Name the case and what is wrong."),
            tag("li", "As a partner: send an opinion or a note on the indicator's STIX id to our TAXII server."),
        ),
        tag("p", "The case: ", name(case.id)),
        tag("p", "The indicators: ", *_ids(dossier)),
    )


def _ids(dossier: Dossier) -> Iterator[Element | str]:
    for number, one in enumerate(dossier.listed):
        yield from ([", "] if number else [])
        yield name(one.indicator.id)
    if not dossier.listed:
        yield "none."


def _made(dossier: Dossier) -> Element:
    case = dossier.part.case
    runs = sorted({str(piece.data["run_id"]) for piece in case.evidence if piece.data.get("run_id")})
    found = f" Runs: {', '.join(runs)}." if runs else ""
    said = (
        f"Written by Watchbell {__version__} for {dossier.house.operator} at {utc_text(dossier.at)}, from version "
        f"{utc_text(case.modified_at)} of the case.{found} That it left, and to whom, stands in the operator's ledger."
    )
    return _section("How it was made", tag("p", said, class_="muted"))


def _section(title: str, *inside: Element | None) -> Element:
    return tag("section", tag("h2", title), *inside)


def _facts(facts: Mapping[str, Element | str]) -> Element:
    return tag("dl", *(tag("div", tag("dt", what), tag("dd", said)) for what, said in facts.items()))


def _of_kind(dossier: Dossier, kind: EvidenceKind) -> list[Evidence]:
    return [piece for piece in dossier.part.case.evidence if piece.kind is kind]


def _by(trace: str) -> str:
    return TRACES[trace].alike if trace in TRACES else trace


def _defanged(value: str) -> str:
    """Write an address so that no program makes a link of it: `hxxps://news[.]example/a`."""
    return value.replace("http", "hxxp", 1).replace(".", "[.]") if "://" in value else value.replace(".", "[.]")
