"""Pieces of evidence: a finding of each room, written so that it can be judged without that room."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl

from watchbell.clock import utc_text
from watchbell.desk.investigations.networks import Network, actions_of, texts_of
from watchbell.detect.techniques import Technique
from watchbell.detect.traces.catalogue import TRACES
from watchbell.model.ads import Ad, AdDecision
from watchbell.model.evidence import Evidence, EvidenceKind, evidence_id
from watchbell.model.indicators import Indicator
from watchbell.vault.workspace import Workspace

MOST_PAIRS = 20
MOST_POSTS = 12
MOST_TARGETS = 20
"""What a person reads of each; the counts beside them are of all."""


def counted(number: int, noun: str) -> str:
    """Return a count with its noun: `1 post`, `2 posts`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class Adder(NamedTuple):
    """Writes pieces into one case."""

    case_id: str
    by: str
    now: datetime

    def __call__(self, kind: EvidenceKind, subject: str, summary: str, data: dict[str, Any]) -> Evidence:
        """Return the piece of evidence."""
        return Evidence(
            id=evidence_id(self.case_id, kind, subject),
            kind=kind,
            subject=subject,
            summary=summary,
            data=data,
            added_at=self.now,
            added_by=self.by,
        )


def of_group(add: Adder, network: Network, techniques: Iterable[Technique]) -> Evidence:
    """Return a detected group as evidence: its members, its heaviest pairs, and the techniques that it resembles."""
    group, run = network.group, network.run
    said = ", ".join(f"{TRACES[name].did} within {run.window_s:g} s" for name in group.by if name in TRACES)
    resembles = list(techniques)
    return add(
        EvidenceKind.GROUP,
        group.group_id,
        f"{group.accounts} accounts, {group.ties} pairs of them and {group.post_pairs} post pairs: they {said} of each "
        "other.",
        {
            "run_id": run.run_id,
            "window_s": run.window_s,
            "min_shared": run.min_shared,
            "first_at": utc_text(group.first_at),
            "last_at": utc_text(group.last_at),
            "accounts": [member.account_id for member in network.members],
            "techniques": [technique.disarm_id for technique in resembles],
            "technique_reasons": [{"technique": one.disarm_id, "reason": one.reason} for one in resembles],
            "heaviest_pairs": [
                {"accounts": [pair.account_a, pair.account_b], "by": pair.by, "post_pairs": pair.post_pairs}
                for pair in network.pair_rows[:MOST_PAIRS]
            ],
        },
    )


def of_burst(add: Adder, workspace: Workspace, network: Network) -> Iterator[Evidence]:
    """Yield the posts of the group's widest burst: the object that most members acted on, post by post."""
    burst = _widest_burst(actions_of(network), network.run.window_s).head(MOST_POSTS)
    texts = texts_of(workspace, burst)
    for action in burst.iter_rows(named=True):
        did = TRACES[action["kind"]].did
        gap_s = (action["at"] - burst["at"][0]).total_seconds()
        yield add(
            EvidenceKind.POST,
            action["post_id"],
            f"{action['account_id']} {did} {action['object_id'][:200]}, {gap_s:g} s after the first.",
            {
                "account_id": action["account_id"],
                "at": utc_text(action["at"]),
                "gap_s": gap_s,
                "by": action["kind"],
                "object": action["object_id"],
                "text": texts.get(action["post_id"]),
            },
        )


def _widest_burst(actions: pl.DataFrame, window_s: float) -> pl.DataFrame:
    """Return the actions of the burst with most accounts: on one object, none later than the window after the last."""
    of_object = ["kind", "object_id"]
    by = [*of_object, "burst"]
    gap_s = pl.col("at").diff().over(of_object).dt.total_microseconds() / 1e6
    ordered = actions.sort("at", "post_id").with_columns(new=gap_s.is_null() | (gap_s > window_s))
    bursts = ordered.with_columns(burst=pl.col("new").cum_sum().over(of_object))
    widest = (
        bursts.group_by(by)
        .agg(pl.col("account_id").n_unique().alias("accounts"), pl.col("at").min().alias("first"))
        .sort(["accounts", "first", "object_id"], descending=[True, False, False])
    )
    return bursts.join(widest.head(1), on=by, how="semi").sort("at", "post_id")


def of_indicator(add: Adder, indicator: Indicator) -> Evidence:
    """Return a partner's indicator as evidence."""
    where = f" on {indicator.platform}" if indicator.platform else ""
    return add(
        EvidenceKind.INDICATOR,
        indicator.id,
        f"{indicator.source} published the {indicator.kind} {indicator.value}{where} (TLP:{indicator.tlp.upper()}).",
        indicator.model_dump(mode="json", exclude_none=True),
    )


def of_hits(add: Adder, indicator: Indicator, hits: pl.DataFrame) -> Iterator[Evidence]:
    """Yield where an indicator was found, one piece for posts and one for ads."""
    mine = hits.filter(pl.col("indicator_id") == indicator.id)
    for kind in sorted(set(mine["target_kind"])):
        found = mine.filter(pl.col("target_kind") == kind).sort("at", "target_id", nulls_last=True)
        targets, accounts = found["target_id"].n_unique(), found["account_id"].drop_nulls().n_unique()
        by = f" by {counted(accounts, 'account')}" if accounts else ""
        yield add(
            EvidenceKind.HIT,
            f"{indicator.id} in {kind}s",
            f"{indicator.value} is in {counted(targets, kind)}{by}.",
            {
                "indicator_id": indicator.id,
                f"{kind}s": targets,
                "found": [
                    {name: row[name] for name in ("target_id", "account_id", "field", "matched", "relation")}
                    for row in found.head(MOST_TARGETS).iter_rows(named=True)
                ],
            },
        )


def of_imitation(add: Adder, protected: str, domain: str, hits: pl.DataFrame) -> Evidence:
    """Return what imitates a protected name as evidence: each host or account once, with the reason."""
    mine = hits.filter(pl.col("indicator_id") == protected).sort("confidence", "matched", descending=[True, False])
    told = mine.unique("reason", maintain_order=True)
    return add(
        EvidenceKind.HIT,
        protected,
        f"{counted(told.height, 'imitation')} of {domain}, found {counted(mine['target_id'].n_unique(), 'time')} "
        "in posts and ads.",
        {
            "imitates": domain,
            "found": [
                {name: row[name] for name in ("target_id", "account_id", "field", "matched", "confidence", "reason")}
                for row in told.head(MOST_TARGETS).iter_rows(named=True)
            ],
        },
    )


def of_ad(add: Adder, ad: Ad, decision: AdDecision | None) -> Iterator[Evidence]:
    """Yield an ad and what was decided of it as evidence."""
    payer = f"says that {ad.payer} paid" if ad.payer else "does not say who paid"
    yield add(
        EvidenceKind.AD,
        ad.id,
        f"An ad of {ad.advertiser or 'an unnamed advertiser'} {payer}.",
        _facts(ad.model_dump(mode="json")),
    )
    if decision:
        reasons = (
            "; ".join(f"{finding.code}: {finding.reason}" for finding in decision.policies) or "no rule was touched"
        )
        yield add(
            EvidenceKind.AD_DECISION,
            ad.id,
            f"First pass by rule: {decision.verdict}. {reasons}",
            _facts(decision.model_dump(mode="json")),
        )


def _facts(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value not in (None, [], {}, "")}
