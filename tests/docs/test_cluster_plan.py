"""The how-to's plan for a cluster is what the formula gives."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/howto/run-on-a-cluster.md"


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    monkeypatch.delitem(sys.modules, "spark_plan", raising=False)


def test_the_table_is_the_formulas() -> None:
    from spark_plan import plan, table  # noqa: PLC0415  # see above

    assert table([plan(10**power, 5.2) for power in (8, 9, 10, 11)]) in PAGE.read_text(encoding="utf-8")


def test_a_sketch_halves_what_is_shuffled_where_it_is_made() -> None:
    from spark_plan import plan  # noqa: PLC0415  # see above

    few, many = plan(10**7, 5.2), plan(10**8, 5.2)
    assert many.shuffled == pytest.approx(10 * 2 * few.shuffled, rel=0.01)
    assert many.tasks == pytest.approx(10 * few.tasks, rel=0.1)
