"""What stands where: the figures of a workspace on one page, and what wants a person's attention."""

from collections import Counter
from dataclasses import dataclass

from watchbell.desk.advertisers.authorizations import count_waiting
from watchbell.desk.investigations.networks import GroupRow, Run, groups_of_run, latest_run
from watchbell.model.ads import Verdict
from watchbell.model.appeals import AppealState
from watchbell.model.audiences import Audience
from watchbell.model.cases import Case, CaseStatus
from watchbell.model.feedback import Dispute
from watchbell.vault.vault import Vault
from watchbell.vault.workspace import Workspace

SHOWN = 5
"""Entries of each short list; the pages behind them have the rest."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of a workspace."""

    posts: int
    indicators: int
    hits: int
    ads: int
    verdicts: dict[Verdict, int]
    """Every verdict has its place, also with 0."""
    undecided_ads: int
    cases: dict[CaseStatus, int]
    waiting_of_advertisers: int
    """Evidence and disclaimers that wait for a person."""
    open_appeals: int
    waiting_disputes: tuple[Dispute, ...]
    """Those that wait for an answer, the one owed first on top."""
    waiting_cases: tuple[Case, ...]
    """Cases nobody has judged, as `waiting` orders them."""
    run: Run | None
    networks: int
    largest: tuple[GroupRow, ...]


def overview_of(workspace: Workspace, audience: Audience) -> Overview:
    """Count what the workspace holds for an audience; what they may not hear of is in no figure."""
    vault = workspace.vault
    counted = vault.ads.verdicts()
    verdicts = {verdict: counted.get(verdict, 0) for verdict in Verdict}
    ads = vault.ads.count()
    cases = vault.cases.heard_by(audience).all()
    statuses = Counter(case.status for case in cases)
    run = latest_run(workspace)
    groups = groups_of_run(run) if run else []
    return Overview(
        posts=workspace.posts.count(),
        indicators=vault.indicators.heard_by(audience).count(),
        hits=vault.hits.heard_by(audience).count(),
        ads=ads,
        verdicts=verdicts,
        undecided_ads=vault.ads.undecided(),
        cases={status: statuses[status] for status in CaseStatus},
        waiting_of_advertisers=count_waiting(vault),
        open_appeals=len(vault.appeals.all(AppealState.OPEN)),
        waiting_disputes=disputes_heard(vault, audience),
        waiting_cases=waiting(cases)[:SHOWN],
        run=run,
        networks=len(groups),
        largest=tuple(groups[:SHOWN]),
    )


def disputes_heard(vault: Vault, audience: Audience) -> tuple[Dispute, ...]:
    """Return the disputes that wait for an answer, of indicators that an audience may hear."""
    shelf = vault.indicators.heard_by(audience)
    return tuple(one for one in vault.feedback.disputes(open_only=True) if shelf.get(one.indicator_id) is not None)


def waiting(cases: list[Case]) -> tuple[Case, ...]:
    """Return the cases that no person has judged: those in which most kinds of evidence meet first, then the oldest."""
    unjudged = (case for case in cases if case.status in {CaseStatus.OPEN, CaseStatus.IN_REVIEW})
    return tuple(
        sorted(unjudged, key=lambda case: (-len({piece.kind for piece in case.evidence}), case.opened_at, case.id))
    )
