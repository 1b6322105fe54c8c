"""Edited copies meet across files, and across batches of one."""

import json
from pathlib import Path

from watchbell.desk.investigations.inputs import PostFiles, actions_in_posts

COPIES = [
    "thousands of ballots were found in a river near the county seat this morning",
    "thousands of ballots were found in a lake near the county seat this evening",
]


def written(path: Path, number: int, text: str) -> Path:
    post = {"platform": "x", "account_id": f"x:{number}", "post_id": str(number), "text": text}
    path.write_text(json.dumps({**post, "created_at": f"2024-11-05T12:00:0{number}Z"}) + "\n", "utf-8")
    return path


def test_edited_copies_in_two_files_are_one_object_of_text_and_two_of_exact_text(tmp_path: Path) -> None:
    paths = [written(tmp_path / f"{number}.jsonl", number, text) for number, text in enumerate(COPIES)]
    near, _ = actions_in_posts(paths, PostFiles(), ["text"])
    exact, _ = actions_in_posts(paths, PostFiles(), ["exact_text"])
    assert len(set(near["object_id"].to_pylist())) == 1
    assert sorted(exact["object_id"].to_pylist()) == sorted(COPIES)
