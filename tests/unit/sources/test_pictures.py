"""Pictures that posts name, hashed from a folder: what can be hashed is, and of the rest it is said why not."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pdqhash  # type: ignore[import-untyped]
import polars as pl
import pytest
from PIL import Image, ImageFilter

from watchbell.desk.investigations.investigate import Question, actions_seen, investigate
from watchbell.detect.actions import joined
from watchbell.errors import UsageError
from watchbell.sources.importing import Imported, import_posts
from watchbell.sources.pictures import PictureFolder
from watchbell.sources.reading import plan
from watchbell.vault.posts import PostStore


def scene(seed: int) -> Image.Image:
    """Return a picture with large shapes, as photographs have."""
    noise = np.random.default_rng(seed).integers(0, 255, (12, 12, 3), np.uint8)
    return Image.fromarray(noise).resize((240, 240), Image.Resampling.BICUBIC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pictures"
    (made / "photos").mkdir(parents=True)
    scene(1).save(made / "a.png")
    scene(1).filter(ImageFilter.GaussianBlur(1)).save(made / "photos" / "b.jpg", quality=60)
    scene(2).save(made / "other.png")
    Image.new("RGB", (50, 50), "white").save(made / "plain.png")
    (made / "damaged.png").write_bytes((made / "a.png").read_bytes()[:2_000])
    Image.new("1", (10_000, 10_000)).save(made / "bomb.png")
    scene(3).save(made / "moving.gif", save_all=True, append_images=[scene(4)])
    (made / "words.txt").write_text("no picture")
    (tmp_path / "secret.png").write_bytes((made / "a.png").read_bytes())
    return made


def imported(names: dict[str, str], folder: Path, root: Path) -> tuple[Imported, PostStore]:
    """Import a post for each account, with the picture that it names; twice, an hour apart."""
    rows = [
        {
            "author_id": account,
            "id": f"{account}{hour}",
            "created_at": f"2021-06-08T1{hour}:00:0{place}Z",
            "media": [name],
        }
        for hour in (0, 1)
        for place, (account, name) in enumerate(names.items())
    ]
    file = root / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    store = PostStore(root / "posts")
    how = plan(file, mapping={"account_id": "author_id", "media": "media"}, platform="twitter")
    return import_posts(how, store, root / "rejects", lambda _: None, PictureFolder(folder)), store


def test_a_copy_of_a_picture_is_found_by_its_looks(folder: Path, tmp_path: Path) -> None:
    names = {"a": "https://pbs.example/media/a.png?name=large", "b": "photos/b.jpg", "c": "other.png"}
    told, store = imported(names, folder, tmp_path)
    assert (told.new, told.rejected, told.pictures, told.absent_pictures, told.unhashed) == (6, 0, 3, 0, None)
    found = investigate(joined(actions_seen([store.scan()], ["media"])), Question(("media",), 60, 2))
    assert pl.DataFrame(found.pairs).select("account_a", "account_b", "post_pairs").rows() == [
        ("twitter:a", "twitter:b", 2)
    ]
    again, _ = imported(names, folder, tmp_path)
    assert (again.new, again.known) == (0, 6)


def test_the_hashes_are_those_of_the_file_as_pdq_writes_them(folder: Path, tmp_path: Path) -> None:
    _, store = imported({"a": "a.png"}, folder, tmp_path)
    ((media,), *_) = store.scan(columns=["media"])["media"].to_pylist()
    vector, _quality = pdqhash.compute(np.asarray(Image.open(folder / "a.png").convert("RGB")))
    assert media["pdq"] == f"{int(''.join(map(str, vector)), 2):064x}"
    assert media["sha256"] == hashlib.sha256((folder / "a.png").read_bytes()).hexdigest()


def test_what_is_no_still_picture_is_known_by_its_bytes_and_told_of(folder: Path, tmp_path: Path) -> None:
    names = {name[0]: name for name in ("damaged.png", "bomb.png", "moving.gif", "words.txt", "plain.png")}
    told, store = imported(names, folder, tmp_path)
    assert (told.new, told.rejected, told.pictures) == (10, 0, 5)
    assert told.unhashed
    reasons = {
        Path(line["file"]).name: line["reason"] for line in map(json.loads, told.unhashed.read_text().splitlines())
    }
    for name, said in (
        ("damaged.png", "is damaged"),
        ("bomb.png", "more than 40,000,000 pixels"),
        ("moving.gif", "animated"),
        ("words.txt", "no picture"),
        ("plain.png", "too plain"),
    ):
        assert said in reasons[name]
    media = [each for listed in store.scan(columns=["media"])["media"].to_pylist() for each in listed]
    assert all(each["sha256"] and each["pdq"] is None for each in media)


def test_no_file_outside_the_folder_is_read_and_absent_ones_are_counted(folder: Path, tmp_path: Path) -> None:
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    names = {"a": "../secret.png", "b": "file:///etc/hostname", "c": "link.png", "d": "x" * 5_000}
    told, store = imported(names, folder, tmp_path)
    assert (told.new, told.pictures, told.absent_pictures) == (8, 0, 8)
    assert all(not each["sha256"] for listed in store.scan()["media"].to_pylist() for each in listed)


def test_hashes_that_posts_bring_are_kept(folder: Path, tmp_path: Path) -> None:
    _, store = imported({"a": {"url": "a.png", "sha256": "ab" * 32, "pdq": None}}, folder, tmp_path)  # type: ignore[dict-item]
    assert store.scan()["media"].to_pylist()[0][0]["sha256"] == "ab" * 32


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        PictureFolder(tmp_path / "absent")
