"""The words of a text are those a regular expression finds, keep their numbers, and lead as far as expressions go."""

import re

from hypothesis import given
from hypothesis import strategies as st

from watchbell.engine.words import WordBook, WordWalk

STEP = re.compile(r"([^\W_]+|[$🗑])|[.!•](?=[\s\"]|$)|\n\s*\n")
ALPHABET = "abé\u0661 _.!•$🗑\n\t\u2028\"'\U00032001\ud800"  # an Arabic digit, a sign beyond all letters, half a pair


def book(room: int = 1000) -> WordBook:
    made = WordBook(signs="$🗑", stops=".!•")
    made.empty(room)
    return made


@given(st.text(alphabet=ALPHABET, max_size=40))
def test_words_are_those_a_regular_expression_finds(text: str) -> None:
    numbering = book()
    words = numbering.read(text)
    assert [numbering.word(number) for number in words.numbers] == STEP.findall(text)
    assert list(zip(words.starts, words.ends, strict=True)) == [match.span() for match in STEP.finditer(text)]


def test_a_word_keeps_its_number_until_the_book_is_emptied() -> None:
    numbering = book()
    first, second = numbering.read("to vote. To"), numbering.read("vote to go")
    assert (first.numbers.tolist(), second.numbers.tolist()) == ([1, 2, 0, 3], [2, 1, 4])
    numbering.empty(1000)
    assert numbering.read("go").numbers.tolist() == [1]


def test_a_full_book_says_so_before_it_is_written_over() -> None:
    numbering = book(64)
    texts = (f"{number} vote{number}" for number in range(1000))
    read = []
    while numbering.has_room_for(text := next(texts)):
        read.append((text, numbering.read(text).numbers))
    assert len(read) > 2
    assert all([numbering.word(number) for number in numbers] == text.split() for text, numbers in read)


def test_expressions_are_followed_as_far_as_they_go_and_each_step_is_asked_for_once() -> None:
    asked: list[tuple[int, int]] = []
    steps = {(1, 1): (2, False), (2, 2): (3, True), (3, 2): (4, True)}

    def step(state: int, word: int) -> tuple[int, bool]:
        asked.append((state, word))
        return steps.get((state, word), (0, False))

    walk = WordWalk(longest=3, step=step)
    numbers = book().read("a b b. a b").numbers
    expected = [[3, 0, 1, 0], [4, 0, 2, 0], [3, 4, 5, 1]]
    assert walk.found(numbers).tolist() == expected
    assert walk.found(numbers).tolist() == expected
    assert len(asked) == len(set(asked)) == len(walk)


def test_more_steps_than_there_was_room_for_are_kept() -> None:
    walk = WordWalk(longest=3, step=lambda state, word: (word + 1, word % 2 == 0) if state == 1 else (0, False))
    numbering = book(100_000)
    numbers = numbering.read(" ".join(map(str, range(5000)))).numbers
    found = walk.found(numbers)
    assert found[:, 0].tolist() == [number + 1 for number in numbers.tolist() if number % 2 == 0]
