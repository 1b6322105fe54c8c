"""A file goes into a store in few large tables, and its rejects go to a file, neither held as a whole."""

from pathlib import Path

import pytest

from watchbell.sources import importing, reading
from watchbell.sources.importing import import_posts, rejects_file
from watchbell.sources.reading import plan
from watchbell.vault.posts import PostStore


def test_a_long_file_is_stored_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH_ROWS", 10)
    monkeypatch.setattr(importing, "STORED_AT_ONCE", 25)
    path = tmp_path / "posts.csv"
    path.write_text("user_id,id,date\n" + "".join(f"u,{n},{1623161002 + n if n % 10 else ''}\n" for n in range(95)))
    store, steps = PostStore(tmp_path / "posts"), list[int]()
    imported = import_posts(plan(path, platform="p"), store, tmp_path / "rejects", steps.append)
    assert (imported.new, imported.known, imported.rejected) == (85, 0, 10)
    assert sum(steps) == 95
    assert store.count() == 85
    assert imported.rejects == rejects_file(tmp_path / "rejects", path)
    assert len(imported.rejects.read_text().splitlines()) == 10


def test_files_of_one_name_keep_their_rejects_apart(tmp_path: Path) -> None:
    places = {rejects_file(tmp_path, tmp_path / folder / "posts.csv") for folder in ("a", "b")}
    assert len(places) == 2
    assert all(place.name.startswith("posts.csv-") for place in places)
