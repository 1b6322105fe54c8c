"""Political or not, measured on ads that others have labelled."""
# ruff: noqa: RUF001, RUF003  # letters that look alike are what is tested

import csv
import json
from pathlib import Path

import pytest

from watchbell.ads.normalise import normalise
from watchbell.ads.political.answer import political, political_text
from watchbell.ads.political.classifier import Classifier
from watchbell.model.ads import Ad

MODEL = Classifier.bundled()


def share(texts: list[str]) -> float:
    return sum(political_text(normalise(text), MODEL).political for text in texts) / len(texts)


@pytest.mark.shared
def test_real_election_ads_are_found(shared_data: Path) -> None:
    with (shared_data / "ads" / "wmp_goal_fbel_2020.csv").open(encoding="utf-8", newline="") as file:
        assert share([row["text"] for row in csv.DictReader(file)]) >= 0.95


@pytest.mark.shared
@pytest.mark.parametrize(
    ("language", "label", "least", "most"),
    # The labels are of whole pages, so a party's thanks for a nice evening counts as political in them.
    [("en-US", "political", 0.8, 1.0), ("de-DE", "political", 0.85, 1.0), ("en-US", "not_political", 0.0, 0.17)],
)
def test_propublicas_pages(shared_data: Path, language: str, label: str, least: float, most: float) -> None:
    seeds = json.loads((shared_data / "ads" / f"propublica_seeds_{language}.json").read_text("utf-8"))
    assert least <= share(seeds[label]) <= most


@pytest.mark.parametrize(
    "text",
    [
        "Elect Ann Lee to the City Council",
        "El martes, vota por nuestro candidato",
        "Am Sonntag ist Landtagswahl: beide Stimmen für die Bäckerpartei",
        "Dimanche, votez pour notre candidate",
        "Keep abortion legal. Sign the petition.",
    ],
)
def test_four_languages(text: str) -> None:
    assert political_text(normalise(text), MODEL).political


@pytest.mark.parametrize("text", ["", "20% off all shoes this weekend", "Neue Rezepte für den Herbst", "🎉"])
def test_everyday_ads_are_not_political(text: str) -> None:
    assert not political_text(normalise(text), MODEL).political


def test_the_reason_quotes_the_ads_own_words() -> None:
    answer = political_text(normalise("Re-Elect Senatоr Lee"), MODEL)  # with a Cyrillic о
    assert "“Re-Elect”" in answer.reason
    assert "“Senatоr” (office)" in answer.reason


def test_a_declaration_is_reason_enough() -> None:
    ad = Ad(id="a:1", source="a", platform="p", text="Hello", declared_political=True)
    assert political(ad).political
    assert "declared" in political(ad).reason


def test_a_disclaimer_and_a_call_to_vote_make_an_ad_political_and_the_disclaimer_alone_does_not() -> None:
    assert political_text(normalise("Vote on Tuesday. Paid for by Friends of Lee"), MODEL).political
    assert not political_text(normalise("New shoes. Paid for by Lee Shoes"), MODEL).political


def test_one_light_word_is_too_little() -> None:
    answer = political_text(normalise("Join our school"), MODEL)
    assert not answer.political
    assert answer.probability is not None
    assert f"{answer.probability:.0%}" in answer.reason
