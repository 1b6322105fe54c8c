"""Frames: what must be said together, how near, in which order, and what takes it back."""

import json
from pathlib import Path

import pytest

from watchbell.ads.concepts import Concepts, Lexicon
from watchbell.ads.normalise import normalise
from watchbell.ads.rules.frames import Frame, Frames
from watchbell.ads.rules.policy import policy_findings
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.errors import InputError
from watchbell.model.ads import Verdict

RULES = RuleBook.bundled()
WORDS = Concepts(
    [
        Lexicon(
            language="en",
            common="the are is at",
            concepts={
                "polls": "polls",
                "vote": "vote",
                "closed": "closed",
                "noon": "noon",
                "not": "not, nobody",
                "condemned": "lie",
                "moving": "moving house",
            },
        )
    ]
)


def quotes(text: str, **frame: object) -> list[str]:
    plain = normalise(text)
    spans = Frames([("VI-LOC", Frame.model_validate(frame))], WORDS).spans(plain)
    return [plain.quote(*span) for span in spans.get("VI-LOC", [])]


def test_parts_count_in_any_order_and_are_quoted_together() -> None:
    assert quotes("The POLLS are closed!", parts="closed + polls") == ["POLLS are closed"]
    assert quotes("Closed are the polls!", parts="closed + polls") == ["Closed are the polls"]


def test_a_part_that_must_come_later_does() -> None:
    assert quotes("The polls are closed at noon.", parts="closed > noon + polls")
    assert not quotes("At noon the polls are closed.", parts="closed > noon + polls")


def test_parts_stand_in_one_sentence_unless_more_are_allowed() -> None:
    assert not quotes("The polls? Closed.", parts="closed + polls")
    assert quotes("The polls? Closed.", parts="closed + polls", sentences=2)


def test_parts_stand_near_each_other() -> None:
    apart = "The polls are " + "very " * 20 + "closed."
    assert not quotes(apart, parts="closed + polls", within=60)
    assert quotes(apart, parts="closed + polls", within=160)


def test_each_part_has_words_of_its_own() -> None:
    assert not quotes("The polls.", parts="polls + polls")
    assert quotes("The polls, the polls.", parts="polls + polls")


def test_a_denial_in_its_clause_takes_it_back_and_another_does_not() -> None:
    assert not quotes("The polls are not closed.", parts="closed + polls")
    assert quotes("Nobody knows: the polls are closed.", parts="closed + polls")
    assert quotes("The polls are not closed.", parts="closed + polls", denied=False)


def test_what_condemns_or_explains_it_takes_it_back() -> None:
    assert not quotes("The polls are closed. That is a lie.", parts="closed + polls")
    assert not quotes("We are moving house. The polls are closed.", parts="closed + polls", unless=("moving",))


def test_a_frame_without_words_in_the_lexicons_is_refused() -> None:
    with pytest.raises(InputError, match=r"names fire, which no lexicon has"):
        quotes("The polls.", parts="polls + fire")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("VI-LOC", "Precinct 9 has been relocated to the county jail."),
        ("VI-LOC", "El colegio electoral fue trasladado a otro municipio."),
        ("VI-LOC", "Ihr Wahllokal wurde aufgelöst, fahren Sie zum Bahnhof."),
        ("VI-LOC", "Votre bureau de vote a fermé, allez à la préfecture."),
        ("VI-DOCS", "You can't vote without your Social Security card."),
        ("VI-DOCS", "Nadie vota sin cartilla de vacunación."),
        ("VI-DOCS", "Bitte Mietvertrag und Impfpass ins Wahllokal mitbringen."),
        ("VI-DOCS", "Il faut un extrait de casier judiciaire pour voter."),
        ("AD-DONTVOTE", "Victory is ours. Put your feet up, no more votes are needed."),
        ("AD-DONTVOTE", "Ya ganamos. Relájate, no necesitas salir a votar."),
        ("AD-DONTVOTE", "Wir haben schon gewonnen. Ihr müsst nicht mehr wählen gehen."),
        ("AD-DONTVOTE", "Nous avons déjà gagné. Détendez-vous, inutile d'aller voter."),
    ],
)
def test_one_frame_speaks_four_languages_and_holds(code: str, text: str) -> None:
    findings = {judged.finding.code: judged for judged in policy_findings(normalise(text), RULES)}
    assert findings[code].verdict in {Verdict.REVIEW, Verdict.REJECT}
    assert findings[code].finding.quote in text


@pytest.mark.parametrize(
    "text",
    [
        "A fake flyer says Republicans vote on Wednesday. Throw it away.",
        "The county has NOT moved Election Day. It's still November 3.",
        "People who owe fines deserve to vote too. Restore their rights.",
        "You wouldn't skip Thanksgiving dinner. Don't skip the election.",
        "Cynics don't get roads fixed. Voters do.",
        "No te quedes en casa: sal a votar.",
        "Aunque te digan que tu casilla cerró, sigue abierta hasta las 6.",
        "Nichts ändert sich, wenn wir nicht wählen.",
        "Auch mit Schulden dürfen Sie wählen.",
        "Rien ne changera si vous ne votez pas.",
        "La police ne contrôle pas les papiers des électeurs.",
        'She read the flyer, "your polling place has been relocated to the jail", on the evening news.',
    ],
)
def test_who_warns_answers_or_calls_to_vote_is_left_alone(text: str) -> None:
    assert policy_findings(normalise(text), RULES) == ()


@pytest.mark.parametrize(
    ("name", "found_at_least"),
    # All but the fifth were read while the rules were made.
    [("first", 0.87), ("second", 0.91), ("third", 0.95), ("fourth", 0.78), ("fifth", 0.29)],
)
def test_the_made_up_sets_are_found_as_the_decision_record_says(name: str, found_at_least: float) -> None:
    path = Path(__file__).parents[4] / "benchmarks" / "interference" / f"{name}.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert all(row["synthetic"] for row in rows)
    found = [{one.finding.code for one in policy_findings(normalise(row["text"]), RULES)} for row in rows]
    right = [row["code"] in codes for row, codes in zip(rows, found, strict=True) if row["code"]]
    held = [bool(codes) for row, codes in zip(rows, found, strict=True) if not row["code"]]
    assert sum(right) >= found_at_least * len(right)
    assert sum(held) <= 0.12 * len(held)
