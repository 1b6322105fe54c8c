"""A small workspace for the tests of the desk: everything in it is made up, and every kind of thing is there once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from watchbell.desk.accounts import add_user, clear_user
from watchbell.desk.exchange.disputes import drafted, open_dispute
from watchbell.desk.exchange.feedback import Seen, Teller, give_opinion, sight
from watchbell.desk.exchange.partners import add_partner
from watchbell.desk.exchange.requests import drafted_request, write_request
from watchbell.desk.investigations.investigate import Question, investigate_workspace
from watchbell.desk.investigations.series import investigate_periods
from watchbell.ids import fact_id
from watchbell.model.ads import (
    Ad,
    AdDecision,
    Count,
    DisclaimerFinding,
    DisclaimerState,
    Money,
    PolicyFinding,
    Targeting,
    Verdict,
)
from watchbell.model.cases import Case, case_id
from watchbell.model.evidence import Evidence, EvidenceKind, evidence_id
from watchbell.model.feedback import Claimant, OpinionValue, dispute_id
from watchbell.model.indicators import HITS, Indicator, IndicatorKind, indicator_id
from watchbell.model.partners import Membership, PartnerKind, Role, TrustGroup
from watchbell.model.posts import POSTS
from watchbell.model.requests import request_id
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault
from watchbell.vault.workspace import Workspace

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
PEOPLE = {"ana": Role.ANALYST, "rev": Role.REVIEWER, "adm": Role.ADMIN, "eva": Role.REVIEWER, "kim": Role.REVIEWER}
CLEARED_FOR_RED = ("eva", "kim")
MEMBERS = 9
LINKS = 8

HOSTILE = "<script>alert('x')</script>"
"""Text from outside that must never become markup."""
INDICATOR = indicator_id(IndicatorKind.DOMAIN, None, "herald-news.example", "A partner")
CLEAR_INDICATOR = indicator_id(IndicatorKind.DOMAIN, None, "clear.example", "A partner")
RED_INDICATOR = indicator_id(IndicatorKind.DOMAIN, None, "red.example", "A partner")
CASE = case_id("made-up")
RED_CASE = case_id("made-up and narrow")
PARTNER = fact_id("partner", "harbour watch")
DISPUTE = dispute_id(INDICATOR, PARTNER, f"We are the Herald {HOSTILE}")
REQUEST = request_id("Ministry of Examples", "Take the page of the Herald down", NOW.isoformat())
HELD_AD, APPROVED_AD, REJECTED_AD = "jsonl:held", "jsonl:approved", "jsonl:a/b c"


def build(root: Path) -> None:
    """Make the workspace at `root`."""
    with Workspace.create(root) as workspace:
        workspace.posts.add(posts())
        question = Question(("link",), 60, 2)
        investigate_workspace(workspace, question, NOW)
        list(investigate_periods(workspace, question, timedelta(days=4), NOW))
        vault = workspace.vault
        vault.ads.add(ads())
        vault.ads.decide(decisions())
        vault.indicators.add([indicator(), indicator(CLEAR_INDICATOR, "clear.example", Tlp.CLEAR)])
        vault.hits.add(hits())
        vault.indicators.add([indicator(RED_INDICATOR, "red.example", Tlp.RED)])
        vault.cases.put(case())
        vault.cases.put(red_case())
        for name, role in PEOPLE.items():
            add_user(vault, name, role, PASSWORD, NOW)
        for name in CLEARED_FOR_RED:
            clear_user(vault, name, Tlp.RED, {}, NOW)
        add_exchange(vault)


def add_exchange(vault: Vault) -> None:
    """Let a partner in, which received an indicator, saw it and disputes it; and let an office ask for something."""
    made = add_partner(vault, "Harbour Watch", PartnerKind.RESEARCHER, Tlp.AMBER, operator="Us", now=NOW)
    vault.partners.put_group(TrustGroup(id="trust-group--narrow", name="Narrow"))
    vault.partners.put_membership(
        Membership(
            partner_id=PARTNER,
            group_id="trust-group--narrow",
            clearance=Tlp.RED,
            agreement="Paper 7",
            begins_at=NOW,
            ends_at=NOW + timedelta(days=90),
        )
    )
    vault.deliveries.note(PARTNER, "taxii", [(INDICATOR, "2026-11-03T09:30:00.000Z")], NOW)
    teller = Teller(PARTNER, made.account.username, vault.partners.audience(made.partner, NOW))
    sight(vault, INDICATOR, Seen(3, NOW - timedelta(days=2), NOW), teller=teller, now=NOW)
    give_opinion(vault, INDICATOR, OpinionValue.DISAGREE, f"It is a newspaper {HOSTILE}", teller=teller, now=NOW)
    claim, evidence = f"We are the Herald {HOSTILE}", ["https://herald.example/imprint"]
    draft = drafted(INDICATOR, claim, evidence, claimant=Claimant.PARTNER, teller=teller, due=(NOW, 14))
    open_dispute(vault, draft, teller=teller, now=NOW)
    told = {"asker": "Ministry of Examples", "country": "xx", "kind": "removal", "legal_basis": "Law 1",
            "scope": "Take the page of the Herald down", "accounts": 1}  # fmt: skip
    write_request(vault, drafted_request(told, by="rev", received_at=NOW), by="rev", now=NOW)


def red_case() -> Case:
    """Return a case that only people cleared for RED may see."""
    return case().model_copy(update={"id": RED_CASE, "title": "A narrow case", "tlp": Tlp.RED, "evidence": ()})


def posts() -> pa.Table:
    """Return nine accounts that post each of eight links within seconds, and one that posts none of them."""
    rows = [
        {
            "platform": "twitter",
            "account_id": f"twitter:{100 + account}",
            "account_name": f"voice_{account}" if account else HOSTILE,
            "post_id": f"{link}-{account}",
            "created_at": NOW - timedelta(days=LINKS - link, seconds=-3 * account),
            "text": HOSTILE,
            "links": [f"https://herald-news.example/story/{link}"],
        }
        # The last accounts leave links out, so that scores differ.
        for account in range(MEMBERS)
        for link in range(LINKS - account // 3)
    ]
    alone = {"platform": "twitter", "account_id": "twitter:999", "post_id": "alone", "created_at": NOW}
    return pa.Table.from_pylist([*rows, alone], schema=POSTS)


def ads() -> list[Ad]:
    """Return three ads: one of each verdict."""
    return [
        Ad(
            id=HELD_AD,
            source="jsonl",
            platform="facebook",
            text=f"Vote by text message {HOSTILE}",
            advertiser="Citizens for Nothing",
            payer="Payer & Sons",
            spend=Money(currency="USD", lower=Decimal(100), upper=Decimal(499)),
            impressions=Count(lower=1_000, upper=None),
            started_at=datetime(2026, 10, 1, tzinfo=UTC),
            targeting=(
                Targeting(dimension="region", value="Ohio"),
                Targeting(dimension="age", value="65+", excluded=True),
            ),
            links=("https://www.herald-news.example/vote", "javascript:alert(1)"),
            synthetic=True,
        ),
        Ad(
            id=APPROVED_AD,
            source="jsonl",
            platform="snapchat",
            text="Register to vote before Tuesday",
            payer="League of Examples",
            spend=Money(currency="GBP", lower=Decimal("12.50"), upper=Decimal("12.50")),
            started_at=datetime(2026, 9, 1, tzinfo=UTC),
            links=("https://vote.example/register",),
            declared_political=True,
        ),
        Ad(id=REJECTED_AD, source="jsonl", platform="facebook", text="Vote on Wednesday instead"),
    ]


def decisions() -> list[AdDecision]:
    """Return a decision on each ad; the held one had been approved before by a person."""
    return [
        decision(HELD_AD, Verdict.APPROVE, by="rev", at=NOW - timedelta(days=1)),
        decision(HELD_AD, Verdict.REVIEW, quote="Vote by text message"),
        decision(APPROVED_AD, Verdict.APPROVE),
        decision(REJECTED_AD, Verdict.REJECT, quote="Wednesday"),
    ]


def decision(ad_id: str, verdict: Verdict, *, by: str = "watchbell", at: datetime = NOW, quote: str = "") -> AdDecision:
    finding = PolicyFinding(code="VI-METHOD", quote=quote, reason="It names a way to vote that does not exist.")
    return AdDecision(
        ad_id=ad_id,
        content_digest=next(ad.content_digest for ad in ads() if ad.id == ad_id),
        verdict=verdict,
        political=True,
        political_reason="It speaks of voting.",
        policies=(finding,) if quote else (),
        disclaimer=DisclaimerFinding(state=DisclaimerState.MISSING, reason="The ad has no disclaimer."),
        rules_version="2026.1",
        decided_at=at,
        decided_by=by,
    )


def indicator(id_: str = INDICATOR, value: str = "herald-news.example", tlp: Tlp = Tlp.AMBER) -> Indicator:
    return Indicator(
        id=id_,
        kind=IndicatorKind.DOMAIN,
        value=value,
        published_as=value.replace(".", "[.]"),
        source="A partner",
        tlp=tlp,
        valid_from=NOW,
        created=NOW,
        modified=NOW,
    )


def hits() -> pa.Table:
    """Return hits on one ad: the clear one may be public, the amber one was told in confidence."""
    values = {Tlp.CLEAR: "clear.example", Tlp.AMBER: "confidential.example"}
    ids = {Tlp.CLEAR: CLEAR_INDICATOR, Tlp.AMBER: INDICATOR}
    rows = [
        {
            "hit_id": f"hit-{label}",
            "indicator_id": ids[label],
            "indicator_kind": "domain",
            "indicator_value": value,
            "source": "A partner",
            "tlp": label,
            "target_kind": "ad",
            "target_id": HELD_AD,
            "platform": "facebook",
            "at": NOW,
            "field": "links",
            "matched": f"https://{value}/",
            "relation": "exact",
        }
        for label, value in values.items()
    ]
    return pa.Table.from_pylist(rows, schema=HITS)


def case() -> Case:
    """Return an open case with evidence of three kinds."""
    facts = {
        (EvidenceKind.INDICATOR, INDICATOR): ("A partner published the domain.", {"value": "herald-news.example"}),
        (EvidenceKind.AD, HELD_AD): (
            "An ad leads there.",
            {"payer": "Payer & Sons", "nested": {"a": [1, None, True]}, "rows": [{"x": n} for n in range(30)]},
        ),
        (EvidenceKind.NOTE, CASE): (HOSTILE, {}),
    }
    return Case(
        id=CASE,
        title="A lookalike of the Herald",
        summary="Nine accounts push a lookalike domain.",
        certainty="Synchronised; a person must decide more.",
        tlp=Tlp.AMBER,
        opened_at=NOW,
        opened_by="watchbell",
        modified_at=NOW,
        synthetic=True,
        evidence=tuple(
            Evidence(
                id=evidence_id(CASE, kind, subject),
                kind=kind,
                subject=subject,
                summary=summary,
                data=data,
                added_at=NOW,
                added_by="watchbell",
            )
            for (kind, subject), (summary, data) in facts.items()
        ),
    )
