"""Try an operator's own rules on the ads of the library before anybody is judged by them."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain

from watchbell.ads.rules.house_rules import HouseRules, Seen
from watchbell.model.ads import Ad, AdDecision, Verdict
from watchbell.vault.vault import Vault

_EXAMPLES = 5
_BATCH = 1_000
_GRAVER = (Verdict.APPROVE, Verdict.REVIEW, Verdict.REJECT)


@dataclass(slots=True)
class DryRun:
    """What rules would have decided on the library as it stands."""

    ads: int = 0
    undecided: int = 0
    """Ads that were never reviewed; the rules were not asked of them."""
    touched: Counter[str] = field(default_factory=Counter)
    """How many ads each rule touches, by its code."""
    changes: Counter[tuple[Verdict, Verdict]] = field(default_factory=Counter)
    """How many ads would go from one verdict to a graver one."""
    examples: dict[str, list[str]] = field(default_factory=dict)
    """Ids of the first ads that each rule touches."""


def dry_run(vault: Vault, rules: HouseRules) -> DryRun:
    """Ask the rules of all ads, beside the decisions that stand. Nothing is kept."""
    run = DryRun()
    for ad_record, decision_record in chain.from_iterable(vault.ads.records(_BATCH)):
        run.ads += 1
        if decision_record is None:
            run.undecided += 1
            continue
        ad, decision = Ad.model_validate_json(ad_record), AdDecision.model_validate_json(decision_record)
        judged = rules.judge(ad, _seen(decision))
        for one in judged:
            run.touched[one.finding.code] += 1
            shown = run.examples.setdefault(one.finding.code, [])
            shown += [ad.id] if len(shown) < _EXAMPLES else []
        verdict = max([decision.verdict, *(one.verdict for one in judged)], key=_GRAVER.index)
        if verdict is not decision.verdict:
            run.changes[decision.verdict, verdict] += 1
    return run


def _seen(decision: AdDecision) -> Seen:
    codes = tuple(finding.code for finding in decision.policies)
    return Seen(decision.political, decision.political_probability, codes)
