from collections.abc import Iterator
from pathlib import Path

import pytest

from watchbell.desk.ads.likeness import alike_by_payer, group_alike
from watchbell.model.ads import Ad
from watchbell.vault.vault import Vault, open_vault, sqlite_url

WORDS = "Vote on the first Tuesday of November; the polls in your county are open from six to nine"


def ad(number: int, text: str | None, payer: str | None, **more: object) -> Ad:
    told = {"id": f"jsonl:{number}", "source": "jsonl", "platform": "facebook", "text": text, "payer": payer}
    return Ad.model_validate(told | more)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with open_vault(sqlite_url(tmp_path / "vault.db")) as opened:
        yield opened


def test_nearly_the_same_words_are_one_group_whoever_paid(vault: Vault) -> None:
    vault.ads.add(
        [
            ad(1, WORDS, "Acme"),
            ad(2, f"{WORDS}! https://acme.example/vote", "ACME"),
            ad(3, WORDS.replace("first Tuesday", "first Wednesday").upper(), "Zebra"),
            ad(4, WORDS, None),
            ad(5, "Something else entirely is said here, about lower taxes for boats", "Acme"),
            ad(6, "Vote now", "Acme"),
            ad(7, "Vote now", "Zebra"),
            ad(8, None, "Zebra"),
            ad(9, WORDS, "Zebra", sums_up=3),
        ]
    )
    assert group_alike(vault) == 1
    found = [(same.payer, [one.id for one in same.ads]) for same in alike_by_payer(vault, "jsonl:1")]
    assert found == [(None, ["jsonl:4"]), ("ACME", ["jsonl:2"]), ("Zebra", ["jsonl:3"])]
    assert alike_by_payer(vault, "jsonl:6") == []


def test_an_empty_library_has_no_groups(vault: Vault) -> None:
    assert group_alike(vault) == 0
