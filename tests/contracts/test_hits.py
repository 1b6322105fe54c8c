"""Hits go in and come out as Arrow tables, on both databases."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from watchbell.model.indicators import HITS
from watchbell.vault.added import Added
from watchbell.vault.hits import HitFilter
from watchbell.vault.vault import Vault


def hits(numbers: range, **changes: object) -> pa.Table:
    facts = {
        "indicator_id": "indicator--1",
        "indicator_kind": "domain",
        "indicator_value": "news.example",
        "source": "A partner",
        "tlp": "green",
        "target_kind": "post",
        "platform": "telegram",
        "account_id": "telegram:1",
        "at": datetime(2024, 2, 29, 12, 0, 0, 1, tzinfo=UTC),
        "field": "links",
        "matched": "https://ПРИМЕР.example/\0",
        "relation": "subdomain",
        "place": 2,
        "confidence": 40,
        "reason": "Because.",
        "remark": "On a warning list.",
    }
    rows = [facts | {"hit_id": f"hit--{n:05}", "target_id": f"telegram:{n}"} | changes for n in numbers]
    return pa.Table.from_pylist(rows, schema=HITS)


def test_hits_come_back_as_they_went_in(vault: Vault) -> None:
    given = hits(range(3), matched="https://ПРИМЕР.example/")
    assert vault.hits.add(given) == Added(3, 0)
    assert vault.hits.all().equals(given)
    assert vault.hits.count() == 3


def test_what_a_source_does_not_say_stays_unsaid(vault: Vault) -> None:
    given = hits(range(1), platform=None, account_id=None, at=None, place=None, remark=None, matched="x")
    vault.hits.add(given)
    assert vault.hits.all().equals(given)


def test_a_nul_among_the_words_costs_no_hit(vault: Vault) -> None:
    assert vault.hits.add(hits(range(2))) == Added(2, 0)
    assert vault.hits.all()["matched"].to_pylist() == ["https://ПРИМЕР.example/�"] * 2


def test_adding_again_changes_nothing(vault: Vault) -> None:
    vault.hits.add(hits(range(5), matched="x"))
    assert vault.hits.add(hits(range(3, 8), matched="y")) == Added(3, 2)
    assert vault.hits.all()["matched"].to_pylist() == ["x"] * 5 + ["y"] * 3


def test_no_hits_are_a_table_too(vault: Vault) -> None:
    assert vault.hits.add(HITS.empty_table()) == Added(0, 0)
    assert vault.hits.all().equals(HITS.empty_table())
    assert vault.hits.of_targets("post", []).equals(HITS.empty_table())


@pytest.mark.parametrize("asked", [1, 12_000])
def test_hits_of_targets(vault: Vault, asked: int) -> None:
    vault.hits.add(hits(range(10)))
    vault.hits.add(hits(range(10, 12), target_kind="ad"))
    found = vault.hits.of_targets("post", [f"telegram:{n}" for n in range(9, 9 + asked)])
    assert found["hit_id"].to_pylist() == ["hit--00009"]
    assert vault.hits.of_targets("ad", {"telegram:11"})["hit_id"].to_pylist() == ["hit--00011"]


def test_an_empty_chunk_of_a_table_is_no_hit(vault: Vault) -> None:
    empty = pa.RecordBatch.from_pylist([], schema=HITS)
    given = pa.Table.from_batches([empty, *hits(range(2)).to_batches(), empty], schema=HITS)
    assert vault.hits.add(given) == Added(2, 0)


def test_a_page_of_hits_is_filtered_and_comes_latest_first(vault: Vault) -> None:
    vault.hits.add(hits(range(4), matched="https://Here.example/100%"))
    later = datetime(2025, 1, 1, tzinfo=UTC)
    vault.hits.add(
        hits(range(4, 5), at=later, relation="lookalike", indicator_kind="lookalike", confidence=90, matched="x")
    )
    vault.hits.add(hits(range(5, 6), at=None, target_kind="ad", confidence=None, matched="y"))
    shown, total = vault.hits.page(HitFilter(), limit=2)
    assert ([hit["hit_id"] for hit in shown], total) == (["hit--00004", "hit--00000"], 6)
    assert [hit["hit_id"] for hit in vault.hits.page(HitFilter(), start=5)[0]] == ["hit--00005"]
    counts = {
        HitFilter(text="hERE.example/100%"): 4,
        HitFilter(text="here_example"): 0,
        HitFilter(text="a partner"): 6,
        HitFilter(kind="lookalike"): 1,
        HitFilter(relation="subdomain", target_kind="post"): 4,
        HitFilter(target_kind="ad"): 1,
        HitFilter(least=41): 1,
        HitFilter(least=40): 5,
    }
    assert {asked: vault.hits.page(asked)[1] for asked in counts} == counts
    assert vault.hits.kinds() == ["domain", "lookalike"]
