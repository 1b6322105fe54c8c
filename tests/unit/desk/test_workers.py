"""What several processes do comes in order, and is what one process does."""

import json
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import active_children
from pathlib import Path

import pytest

from watchbell.ads.rules.rulebook import RuleBook
from watchbell.desk.ads import review
from watchbell.desk.ads.review import AdTally, Reviewer, import_ads, review_lines
from watchbell.desk.workers import in_order
from watchbell.errors import WorkerLostError
from watchbell.vault.workspace import Workspace

PARTS = [[number, 1] for number in range(9)]
SUMS = [number + 1 for number in range(9)]


@pytest.mark.parametrize(("workers", "alone"), [(1, 2), (2, 2), (3, 7), (2, 9), (2, 20)])
def test_what_comes_of_each_part_comes_in_order(workers: int, alone: int) -> None:
    assert list(in_order(sum, PARTS, workers, alone=alone)) == SUMS
    assert active_children() == []


def test_who_stops_asking_leaves_no_process_behind() -> None:
    results = in_order(sum, PARTS, 2, alone=1)
    assert list(islice(results, 3)) == SUMS[:3]
    assert len(active_children()) == 2
    results.close()
    assert active_children() == []


def test_a_lost_worker_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(WorkerLostError, match="exit code 1"):
        list(in_order(min, [[1], [2], [], [4], [5]], 2, alone=1))
    assert "ValueError" in capfd.readouterr().err
    assert active_children() == []


def test_two_processes_answer_as_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "_ALONE", review._PART)  # ten thousand ads would take seconds
    texts = ("Vote by text: send BIDEN to 59925", "Shoes for sale", "Vote for Ann Lee on November 3", None)
    path = tmp_path / "ads.jsonl"
    rows = ({"id": number, "text": texts[number % len(texts)]} for number in range(5 * review._PART))
    path.write_text("\n".join(json.dumps(row if row["text"] else {"id": 1}) for row in rows), "utf-8")
    reviewer = Reviewer(RuleBook.bundled(), datetime(2026, 11, 3, tzinfo=UTC))
    one, two = AdTally(), AdTally()
    assert list(review_lines(path, reviewer, one, 1)) == list(review_lines(path, reviewer, two, 2))
    assert one == two
    assert (one.ads, one.rejected) == (938, 312)


def test_two_processes_import_as_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "_BATCH", 20)
    monkeypatch.setattr(review, "_ALONE", 20)
    texts = ("Vote by text: send BIDEN to 59925", "Shoes for sale", "Vote for Ann Lee on November 3")
    path = tmp_path / "ads.jsonl"
    rows = [{"id": str(number), "text": texts[number % len(texts)], "payer": "Lee"} for number in range(90)]
    path.write_text("\n".join(json.dumps(row if int(row["id"]) % 7 else {}) for row in rows), "utf-8")
    reviewer = Reviewer(RuleBook.bundled(), datetime(2026, 11, 3, tzinfo=UTC))
    done = []
    for workers in (1, 2):
        with Workspace.create(tmp_path / str(workers)) as opened:
            tally = import_ads(opened, path, "jsonl", reviewer, workers)
            decisions = [opened.vault.ads.decision(f"jsonl:{row['id']}") for row in rows]
            rejects = tally.rejects.read_text("utf-8") if tally.rejects else ""
            done.append((decisions, rejects, tally.ads, tally.verdicts, tally.codes))
    one, two = done
    assert one == two
    assert (one[2], one[1].count("\n")) == (77, 13)
