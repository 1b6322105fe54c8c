"""Cases opened by rule from what detect, match and ads found. A rule opens; a person judges."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import polars as pl

from watchbell.desk.cases import pieces
from watchbell.desk.cases.findings import Cluster, clusters
from watchbell.desk.cases.pieces import counted
from watchbell.desk.investigations.group_facts import facts_at_desk
from watchbell.desk.investigations.networks import RARE, Network
from watchbell.model.ads import Verdict
from watchbell.model.cases import Case, case_id
from watchbell.model.evidence import Evidence
from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.tlp import Tlp, strictest
from watchbell.vault.workspace import Workspace

OPENED_BY = "watchbell"

_SYNCHRONISED = (
    "The accounts are synchronised; that they are coordinated is not shown: news wires or schedulers are "
    "synchronised too."
)
_IMITATED = "That a host looks like another's proves no bad intent: others may rightly bear a like name."
_NO_ATTRIBUTION = "Who is behind it is not said here: that is for a person to judge and sign."


class Opened(NamedTuple):
    """What came of a round: cases opened, and known cases that were looked at again."""

    new: int
    known: int


def open_cases(workspace: Workspace, now: datetime) -> Opened:
    """Open a case for each cluster of findings, or add its evidence to the case that already has one of them.

    A cluster is a group of at least three accounts, an ad with a hit, an indicator or an imitated name that was found
    often enough (settings `case_…`), or several of these that touch. Doing it again changes nothing.
    """
    owner = owners(workspace.vault.cases.all())
    new = known = 0
    for cluster in clusters(workspace, owner.keys()):
        mine = next((owner[subject] for subject in cluster.subjects if subject in owner), None)
        case = _case(workspace, cluster, mine or case_id(cluster.subjects[0]), now)
        if workspace.vault.cases.put(case):
            workspace.vault.ledger.append(OPENED_BY, "case.opened", case.id, {"title": case.title}, now)
            new += 1
        else:
            known += 1
    return Opened(new, known)


def owners(cases: Iterable[Case]) -> dict[str, str]:
    """Return which case a group, indicator or ad belongs to; the oldest case where several have it."""
    oldest_last = sorted(cases, key=lambda case: (case.opened_at, case.id), reverse=True)
    return {piece.subject: case.id for case in oldest_last for piece in case.evidence}


def _case(workspace: Workspace, cluster: Cluster, identity: str, now: datetime) -> Case:
    evidence = tuple(_evidence(workspace, cluster, identity, now))
    return Case(
        id=identity,
        title=title(cluster),
        summary=summary(cluster),
        certainty=certainty(cluster),
        # Account names are personal data: what a case holds goes no wider than AMBER unless a person decides so.
        tlp=strictest([Tlp.AMBER, *(indicator.tlp for indicator in cluster.indicators)]),
        groups=tuple(sorted({indicator.group for indicator in cluster.indicators if indicator.group})),
        opened_at=now,
        opened_by=OPENED_BY,
        modified_at=now,
        evidence=evidence,
        synthetic=any(ad.synthetic for ad, _ in cluster.ads),
    )


def _evidence(workspace: Workspace, cluster: Cluster, identity: str, now: datetime) -> Iterable[Evidence]:
    add = pieces.Adder(identity, OPENED_BY, now)
    for network in cluster.networks:
        yield pieces.of_group(add, network, facts_at_desk(workspace, network).techniques)
        yield from pieces.of_burst(add, workspace, network)
    for indicator in cluster.indicators:
        yield pieces.of_indicator(add, indicator)
        yield from pieces.of_hits(add, indicator, cluster.hits)
    for protected, domain in cluster.imitated.items():
        yield pieces.of_imitation(add, protected, domain, cluster.hits)
    for ad, decision in cluster.ads:
        yield from pieces.of_ad(add, ad, decision)


def title(cluster: Cluster) -> str:
    """Return what the case is about in one line; it accuses nobody."""
    often = cluster.hits["indicator_value"].value_counts().sort(["count", "indicator_value"], descending=[True, False])
    names = often["indicator_value"].to_list()
    others = f" and {len(names) - 1} more" if len(names) > 1 else ""
    accounts = sum(network.group.accounts for network in cluster.networks)
    if not accounts:
        seen = "Partners' indicators seen:" if cluster.indicators else "Imitations seen of"
        return f"{seen} {names[0]}{others}"
    return f"{accounts} accounts in step around {names[0] + others if names else 'the same posts'}"


def summary(cluster: Cluster) -> str:
    """Return what was found, in sentences."""
    said = [
        f"{network.group.accounts} accounts acted on the same things within {network.run.window_s:g} seconds of each "
        f"other, {network.group.post_pairs} times."
        for network in cluster.networks
    ]
    if cluster.indicators:
        sources = sorted({indicator.source for indicator in cluster.indicators})
        seen = counted(len(cluster.indicators), "indicator")
        targets = cluster.hits.filter(~pl.col("indicator_id").is_in(cluster.imitated.keys()))["target_id"].n_unique()
        said.append(f"{seen} published by {', '.join(sources)}, found {counted(targets, 'time')} in posts and ads.")
    if cluster.imitated:
        said.append(f"Hosts or accounts here imitate {', '.join(cluster.imitated.values())}.")
    if cluster.ads:
        held = sum(decision is not None and decision.verdict is not Verdict.APPROVE for _, decision in cluster.ads)
        said.append(f"Found in {counted(len(cluster.ads), 'ad')}, of which {held} held or rejected.")
    return " ".join(said)


def certainty(cluster: Cluster) -> str:
    """Return how sure this is, and what could be wrong."""
    said = [_SYNCHRONISED] if cluster.networks else []
    said += map(_by_chance, cluster.networks)
    said += map(_of_indicator, cluster.indicators)
    said += [_IMITATED] if cluster.imitated else []
    return " ".join([*dict.fromkeys(said), _NO_ATTRIBUTION])


def _by_chance(network: Network) -> str:
    apart = ", each way of acting alike counted apart" if network.group.pairs > network.group.ties else ""
    rare = f"{network.rare_pairs:,} of {counted(network.group.pairs, 'pair')}{apart}"
    unjudged = f" and cannot be told of {network.unjudged_pairs:,}" if network.unjudged_pairs else ""
    return f"At a false discovery rate of {RARE:.0%} chance is excluded for {rare}{unjudged}."


def _of_indicator(indicator: Indicator) -> str:
    trust = "without a confidence" if indicator.confidence is None else f"at confidence {indicator.confidence} of 100"
    published = f"{indicator.source} published {indicator.value} {trust}"
    if indicator.kind in {IndicatorKind.DOMAIN, IndicatorKind.URL}:
        return f"{published}; sharing a link to it proves no part in an operation."
    return f"{published}."
