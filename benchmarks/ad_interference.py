"""Claim: messages that keep people from voting are rejected or held, honest election ads are not.

Real ones are told apart from made-up ones. Real: the documented cases, the ads of the Internet Research Agency that
call to stay away and their near misses, and the election ads of the Wesleyan Media Project, calls to vote apart.
Made up (`interference/*.jsonl`, marked `synthetic`): messages for each code in four languages, and honest ones that use
the same words. The confusion table says which codes were found where one was expected.

    python benchmarks/ad_interference.py [SHARED]      # the folder with data/ads
"""

import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from watchbell.ads.normalise import normalise
from watchbell.ads.rules.policy import policy_findings
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.model.ads import Verdict

SETS = Path(__file__).parent / "interference"
NEAR_MISSES = (1183, 471, 600, 1291)
CALLS_TO_STAY_AWAY = (3026, 3027)
NONE = "none"
MOST_REJECTED, MOST_HELD = 0.005, 0.02


def main() -> None:
    """Print all tables."""
    print(f"Rules {RuleBook.bundled().version}\n")
    beside = Path(__file__).parents[2] / "shared"
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("WATCHBELL_SHARED", beside)) / "data" / "ads"
    if folder.exists():
        documented(folder / "suppression_documented_cases.jsonl")
        agency(folder / "ira_suppression_candidates.jsonl")
        election_ads(folder / "wmp_goal_fbel_2020.csv")
    else:
        print(f"{folder} is not here: measured on made-up messages only.\n")
    for path in sorted(SETS.glob("*.jsonl")):
        made_up(path)


def documented(path: Path) -> None:
    """Print what is found in each documented case."""
    print("Documented cases (real, or paraphrased where a source paraphrases)")
    for case in _lines(path):
        print(f"  {case['id']:22} {case['label']:28} {_shown(_found(case['text']))}")
    print()


def agency(path: Path) -> None:
    """Print what is found in the ads of the Internet Research Agency that speak of voting."""
    print("Internet Research Agency (real)")
    texts = {ad["id"]: ad["text"] for ad in _lines(path)}
    for kind, numbers in (("calls to stay away", CALLS_TO_STAY_AWAY), ("near misses", NEAR_MISSES)):
        for number in numbers:
            print(f"  {number:<6} {kind:20} {_shown(_found(texts[number]))}")
    print()


def election_ads(path: Path) -> None:
    """Print how many honest election ads are rejected or held."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    print("Election ads of 2020 (real)          number   rejected         held")
    calls = [row["text"] for row in rows if row["GOTV"] == "1"]
    for kind, texts in (("all", [row["text"] for row in rows]), ("calls to vote, apart", calls)):
        verdicts = [set(_found(text).values()) for text in texts]
        rejected = sum(Verdict.REJECT in found for found in verdicts)
        held = sum(bool(found) for found in verdicts) - rejected
        shares = f"{rejected:5} {rejected / len(texts):6.2%} {held:5} {held / len(texts):6.2%}"
        print(f"  {kind:33} {len(texts):7,}  {shares}")
        if kind == "all" and (rejected > MOST_REJECTED * len(texts) or held > MOST_HELD * len(texts)):
            print(f"  The claim (at most {MOST_REJECTED:.1%} and {MOST_HELD:.0%}) DOES NOT hold.")
    print()


def made_up(path: Path) -> None:
    """Print a set's shares by language and by code, and the codes found in place of others."""
    rows = _lines(path)
    found = [_found(row["text"]) for row in rows]
    against = [(row, codes) for row, codes in zip(rows, found, strict=True) if row["code"]]
    honest = [(row, codes) for row, codes in zip(rows, found, strict=True) if not row["code"]]
    print(f"{path.name} (made up)                number    found    right code   rejected")
    for key in ("lang", "code"):
        for value in sorted({row[key] for row, _ in against}):
            _print_shares(value, [(row["code"], codes) for row, codes in against if row[key] == value])
    _print_shares("all", [(row["code"], codes) for row, codes in against])
    for language in sorted({row["lang"] for row, _ in honest}):
        texts = [codes for row, codes in honest if row["lang"] == language]
        rejected = sum(Verdict.REJECT in codes.values() for codes in texts)
        print(f"  honest, {language}: {sum(map(bool, texts))} of {len(texts)} held or rejected, {rejected} rejected")
    _print_confusion(against)


def _print_shares(name: str, rows: Sequence[tuple[str, Mapping[str, Verdict]]]) -> None:
    any_code = sum(bool(codes) for _, codes in rows)
    right = sum(code in codes for code, codes in rows)
    rejected = sum(Verdict.REJECT in codes.values() for _, codes in rows)
    number = len(rows)
    shares = " ".join(f"{count:6} {count / number:5.0%}" for count in (any_code, right, rejected))
    print(f"  {name:38} {number:6} {shares}")


def _print_confusion(rows: Iterable[tuple[Mapping[str, Any], Mapping[str, Verdict]]]) -> None:
    """Print, for each code expected and missed, what was found in its place."""
    instead: dict[str, Counter[str]] = {}
    for row, codes in rows:
        if row["code"] not in codes:
            instead.setdefault(row["code"], Counter()).update(list(codes) or [NONE])
    print("  expected and not found: found instead")
    for code, counted in sorted(instead.items()):
        print(f"    {code:12} " + ", ".join(f"{other} {count}" for other, count in counted.most_common()))
    print()


def _found(text: str) -> dict[str, Verdict]:
    findings = policy_findings(normalise(text), RuleBook.bundled())
    return {judged.finding.code: judged.verdict for judged in findings}


def _shown(codes: Mapping[str, Verdict]) -> str:
    return ", ".join(f"{code} ({verdict.value})" for code, verdict in codes.items()) or "nothing"


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
