"""The rules against their own examples, documented cases of voter suppression, and thousands of honest ads."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.ads.normalise import normalise
from watchbell.ads.rules.policy import Judged, policy_findings
from watchbell.ads.rules.rulebook import Rule, RuleBook
from watchbell.errors import InputError
from watchbell.model.ads import Verdict

RULES = RuleBook.bundled()
CODES = {
    "VI-DATE", "VI-LOC", "VI-TIME", "VI-METHOD", "VI-WHO", "VI-COUNT", "VI-DOCS", "VI-LEO", "VI-HEALTH", "VI-POLLS",
    "VI-COORD", "VI-THREAT", "VF-BUY", "VF-ILLEGAL", "AD-USELESS", "AD-DONTVOTE", "AD-DELEG",
}  # fmt: skip


def found(text: str) -> dict[str, Judged]:
    return {judged.finding.code: judged for judged in policy_findings(normalise(text), RULES)}


def test_every_code_has_one_rule() -> None:
    assert Counter(rule.code for rule in RULES.rules) == Counter(CODES)


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.code)
def test_a_rule_finds_its_examples_and_spares_the_others(rule: Rule) -> None:
    assert [words for words in rule.hits if rule.code not in found(words)] == []
    assert [(words, found(words)) for words in rule.misses if found(words)] == []


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.code)
def test_a_finding_quotes_the_ad_and_says_why(rule: Rule) -> None:
    for words in rule.hits:
        finding = found(words)[rule.code].finding
        assert finding.quote
        assert finding.quote in words
        assert finding.reason == rule.reason


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("If your last name starts with A to M, vote on Tuesday. Everybody else: Thursday.", "VI-DATE"),
        ("Text the name of your candidate to 55555 to vote. No lines!", "VI-METHOD"),
        ("You can't vote if you've been evicted.", "VI-WHO"),
        ("Police officers will be at the polls looking for people with outstanding warrants.", "VI-LEO"),
        ("We pay $20 per vote. Send a photo of your ballot.", "VF-BUY"),
        ("No votes este martes. Quédate en casa.", "AD-DONTVOTE"),
        ("Agentes de inmigración estarán en las casillas de votación.", "VI-LEO"),
        ("Bleibt am Sonntag zu Hause, geht nicht wählen!", "AD-DONTVOTE"),
    ],
)
def test_paraphrases_are_rejected(text: str, code: str) -> None:
    assert found(text)[code].verdict is Verdict.REJECT


@pytest.mark.parametrize(
    "text",
    [
        "They want you to stay home on Election Day. Prove them wrong.",
        "It is a lie that ICE will be at polling places.",
        "If someone tells you that you can vote by text, report it.",
        "Don't let anyone tell you your vote won't be counted.",
        "Nobody will be arrested for voting.",
        "Don't vote for Smith. Vote no on Measure 7.",
        "Boycott Acme until it pays its workers.",
        "No dejes que nadie te diga que tu voto no cuenta.",
        "Nicht wählen ist keine Option.",
        "Stay home, stay safe.",
    ],
)
def test_warning_condemning_and_campaigning_are_free(text: str) -> None:
    assert found(text) == {}


@pytest.mark.parametrize(
    "text", ["Fight back against Trump and vote by text message.", "End the lies and vote by text message today."]
)
def test_a_fighting_word_before_it_excuses_nothing(text: str) -> None:
    assert "VI-METHOD" in found(text)


def test_a_question_or_hearsay_softens_a_rejection_to_a_review() -> None:
    assert found("ICE agents will be at every polling place.")["VI-LEO"].verdict is Verdict.REJECT
    softened = found("My cousin says ICE agents will be at every polling place.")
    assert softened["VI-LEO"].verdict is Verdict.REVIEW


@pytest.mark.shared
def test_documented_cases_that_speak_of_voting_are_caught(shared_data: Path) -> None:
    verdicts = {}
    for line in (shared_data / "ads" / "suppression_documented_cases.jsonl").read_text("utf-8").splitlines():
        if line.strip():
            case = json.loads(line)
            verdicts[case["id"]] = {code: judged.verdict for code, judged in found(case["text"]).items()}
    assert verdicts.pop("stay-safe-2020") == {}  # says nothing of voting
    assert all(verdicts.values()), verdicts
    assert sum(Verdict.REJECT in case.values() for case in verdicts.values()) >= 7
    assert verdicts["va-flyer-2008"] == {"VI-DATE": Verdict.REJECT}
    assert "VI-METHOD" in verdicts["mackey-2016-1"]
    assert "VI-LEO" in verdicts["philly-flyer-2008"]


@pytest.mark.shared
def test_ira_ads_that_call_to_stay_away_are_rejected_and_near_misses_pass(shared_data: Path) -> None:
    ads = {}
    for line in (shared_data / "ads" / "ira_suppression_candidates.jsonl").read_text("utf-8").splitlines():
        if line.strip():
            ad = json.loads(line)
            ads[ad["id"]] = found(ad["text"])
    assert ads[3026]["AD-DONTVOTE"].verdict is ads[3027]["AD-DONTVOTE"].verdict is Verdict.REJECT
    assert [ads[near_miss] for near_miss in (1183, 471, 600, 1291)] == [{}, {}, {}, {}]


@pytest.mark.shared
def test_real_election_ads_are_left_alone(shared_data: Path) -> None:
    with (shared_data / "ads" / "wmp_goal_fbel_2020.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    assert len(texts) == 3671
    findings = [policy_findings(normalise(text), RULES) for text in texts]
    rejected = sum(any(judged.verdict is Verdict.REJECT for judged in judgements) for judgements in findings)
    held = sum(bool(judgements) for judgements in findings) - rejected
    assert rejected <= 0.005 * len(texts)
    assert held <= 0.02 * len(texts)


@given(st.text(max_size=400))
def test_any_text_can_be_judged(text: str) -> None:
    for judged in policy_findings(normalise(f"vote {text}"), RULES):
        assert judged.finding.quote


def test_the_same_files_have_the_same_version_and_a_changed_rule_another() -> None:
    words = (Path(__file__).parents[4] / "src/watchbell/ads/rules/words.yaml").read_text("utf-8")
    assert RuleBook.of_files({"words.yaml": words}).version == RuleBook.of_files({"words.yaml": words}).version
    assert RuleBook.of_files({"words.yaml": words}).version != RuleBook.of_files({"words.yaml": words + "\n#"}).version


@pytest.mark.parametrize("broken", ["rules: [", "rules:\n  - code: not-a-code"])
def test_a_broken_rule_file_is_named(broken: str) -> None:
    words = (Path(__file__).parents[4] / "src/watchbell/ads/rules/words.yaml").read_text("utf-8")
    with pytest.raises(InputError, match=r"own\.yaml"):
        RuleBook.of_files({"words.yaml": words, "own.yaml": broken})
