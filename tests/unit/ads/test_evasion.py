"""Words in disguise: whatever the trick, a rule finds what it finds in plain words, and quotes what stood there."""
# ruff: noqa: RUF001  # letters that look alike are what is tested

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.ads.normalise import _undisguised, normalise
from watchbell.ads.review import review
from watchbell.ads.rules.disguises import CODE_DISGUISED, disguised_words
from watchbell.ads.rules.policy import policy_findings
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.model.ads import Ad

RULES = RuleBook.bundled()
NOW = datetime(2026, 11, 3, tzinfo=UTC)
MESSAGES = [
    ("AD-DONTVOTE", "Do not vote this year."),
    ("VI-METHOD", "Avoid the line and vote by text message to 59925."),
    ("VI-LEO", "Immigrants will be arrested if they vote."),
    ("AD-DONTVOTE", "No vayas a votar, quédate en casa."),
    ("VI-COUNT", "Briefwahlstimmen werden nicht gezählt."),
    ("VI-DATE", "L'élection est reportée à dimanche prochain."),
]
CYRILLIC = str.maketrans("aeopcxyisj", "аеорсхуіѕј")
LEET = str.maketrans("oei", "031")
INVISIBLE = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad"]


def full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def bold(text: str) -> str:
    return "".join(chr(0x1D41A + ord(sign) - ord("a")) if "a" <= sign <= "z" else sign for sign in text)


def keycaps(text: str) -> str:
    return "".join(f"{sign}\ufe0f\u20e3" if sign.isdigit() else sign for sign in text)


def spread(text: str) -> str:
    return "  ".join(" ".join(word) for word in text.split(" "))


def is_found(code: str, written: str) -> bool:
    findings = [judged.finding for judged in policy_findings(normalise(written), RULES)]
    assert all(finding.quote in written for finding in findings)
    return code in [finding.code for finding in findings]


@pytest.mark.parametrize(("code", "text"), MESSAGES)
@pytest.mark.parametrize(
    "disguise",
    [
        str.upper,
        full_width,
        bold,
        keycaps,
        lambda text: text.translate(CYRILLIC),
        lambda text: "".join(sign + "\u0336" for sign in text),
    ],
    ids=["capitals", "full width", "bold", "keycap digits", "Cyrillic", "struck out"],
)
def test_a_whole_message_in_disguise_is_found(code: str, text: str, disguise: object) -> None:
    assert callable(disguise)
    assert is_found(code, disguise(text))


@pytest.mark.parametrize(
    ("code", "text"),
    [("AD-DONTVOTE", "do not vote"), ("AD-DONTVOTE", "no vayas a votar"), ("AD-DONTVOTE", "geht nicht zur wahl")],
)
def test_letters_spread_with_blanks_are_found(code: str, text: str) -> None:
    assert is_found(code, spread(text))
    assert is_found(code, " ".join(text.replace(" ", "")))


@settings(max_examples=60, deadline=None)
@given(message=st.sampled_from(MESSAGES), data=st.data())
def test_any_letters_swapped_or_split_by_invisible_signs_are_found(
    message: tuple[str, str], data: st.DataObject
) -> None:
    code, text = message
    swapped = data.draw(st.lists(st.booleans(), min_size=len(text), max_size=len(text)))
    sign = data.draw(st.sampled_from(["", *INVISIBLE]))
    written = "".join(
        (letter.translate(CYRILLIC) if swap else letter) + (sign if swap else "")
        for letter, swap in zip(text, swapped, strict=True)
    )
    assert is_found(code, written)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(MESSAGES), st.data())
def test_digits_for_letters_inside_a_word_are_found(message: tuple[str, str], data: st.DataObject) -> None:
    code, text = message
    inner = [place for place in range(1, len(text) - 1) if text[place - 1 : place + 2].isalpha()]
    places = data.draw(st.sets(st.sampled_from(inner), max_size=4))
    written = "".join(sign.translate(LEET) if place in places else sign for place, sign in enumerate(text))
    assert is_found(code, written)


@pytest.mark.parametrize("first", [0x24B6, 0x249C, 0x1F110, 0x1F130, 0x1F150, 0x1F170, 0x1F1E6])
def test_framed_letters_are_read(first: int) -> None:
    framed = {ord(sign): first + place for place, sign in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
    assert is_found("AD-DONTVOTE", "DON'T VOTE on Tuesday".translate(framed))
    assert is_found("AD-DONTVOTE", "DON\u2019T VOTE on Tuesday".translate(framed))


@pytest.mark.parametrize("text", ["Дon't vote", "Δon't vote", "Do not voтe", "Doи't vote", "Don't \u03bdo\u03c4\u0454"])
def test_letters_that_pass_for_latin_ones_in_a_latin_word_are_read(text: str) -> None:
    assert is_found("AD-DONTVOTE", text)


@pytest.mark.parametrize(
    "text",
    [
        "Приходите на выборы 8 сентября",
        "Ψηφίστε την Κυριακή",
        "Идем в IKEA с друзьями",
        "IT-отдел и PR-служба",
        "We love 🇺🇸🇲🇽 and 🇩🇪",
        "ЯU Я",
    ],
)
def test_texts_in_other_scripts_and_flags_stay_as_they_are(text: str) -> None:
    assert _undisguised(text) == text
    assert policy_findings(normalise(text), RULES) == ()


@pytest.mark.parametrize("text", ["Please vоte early", "Our eleсtions matter"])
def test_a_word_about_voting_in_two_scripts_is_held(text: str) -> None:
    (finding,) = disguised_words(text)
    assert finding.quote in text
    assert CODE_DISGUISED in [
        one.code for one in review(Ad(id="a", source="s", platform="p", text=text), RULES, now=NOW).policies
    ]


@pytest.mark.parametrize(
    "text", ["Голосуйте за перемены", "IT-отдел", "Новый iPhone-чехол", "Our elections matter", "Café"]
)
def test_an_honest_text_is_no_disguise(text: str) -> None:
    assert disguised_words(text) == ()


def test_one_endless_word_of_two_scripts_is_read_at_once() -> None:
    started = time.process_time()
    normalise("д" * 20_000 + "a")
    normalise(("д" * 50 + "'") * 400)
    assert time.process_time() - started < 1
