"""Pictures of ads: what is no picture is not taken, each is kept once, and what was read stays read."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from watchbell.ads.images import ImageReader
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.desk.ads.library import remove_ad
from watchbell.desk.ads.likeness import group_pictures, same_picture_by_payer
from watchbell.desk.ads.media import MediaFolder
from watchbell.desk.ads.review import AdTally, Reviewer, import_ads, review_lines
from watchbell.errors import UsageError
from watchbell.match.index import IndicatorIndex
from watchbell.match.scan import scan_ads
from watchbell.model.ads import Ad, Removal, RemovalReason, Verdict
from watchbell.model.indicators import Indicator
from watchbell.vault.ads import AdQuery
from watchbell.vault.blobs import BlobStore
from watchbell.vault.workspace import Workspace

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RULES = RuleBook.bundled()


def scene(seed: int) -> Image.Image:
    """Return a picture with large shapes, as photographs have."""
    noise = np.random.default_rng(seed).integers(0, 255, (12, 12, 3), np.uint8)
    return Image.fromarray(noise).resize((240, 240), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "pictures"
    folder.mkdir()
    written = np.full((200, 900, 3), 255, np.uint8)
    cv2.putText(written, "DO NOT VOTE ON TUESDAY", (20, 110), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 4)
    assert cv2.imwrite(str(folder / "written.png"), written)
    scene(1).save(folder / "scene.png")
    scene(1).resize((180, 180)).save(folder / "scene-again.jpg", quality=60)
    scene(2).save(folder / "other.png")
    scene(3).save(folder / "moving.gif", save_all=True, append_images=[scene(4)])
    scene(5).save(folder / "as-tiff.png", format="TIFF")
    (folder / "damaged.png").write_bytes((folder / "scene.png").read_bytes()[:2_000])
    (folder / "page.png").write_text("<html><script>alert(1)</script></html>")
    (folder / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
    (folder / "program.png").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    Image.new("1", (10_000, 10_000)).save(folder / "bomb.png")
    with (folder / "long.png").open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    shutil.copy(folder / "scene.png", folder.parent / "outside.png")
    return folder


@pytest.fixture(scope="module")
def reader() -> ImageReader:
    return ImageReader()


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "workspace") as opened:
        yield opened


def imported(workspace: Workspace, media: MediaFolder | None, *rows: Mapping[str, object]) -> AdTally:
    file = workspace.root / "ads.jsonl"
    file.write_text("\n".join(json.dumps({"id": number, **row}) for number, row in enumerate(rows, 1)))
    return import_ads(workspace, file, "jsonl", Reviewer(RULES, NOW, media=media))


def folder_for(workspace: Workspace, pictures: Path, reader: ImageReader | None = None) -> MediaFolder:
    return MediaFolder(pictures, kept_in=BlobStore(workspace.blobs), reader=reader)


def the_ad(workspace: Workspace, number: int = 1) -> Ad:
    ad = workspace.vault.ads.get(f"jsonl:{number}")
    assert ad
    return ad


def test_a_picture_is_kept_once_and_known_by_its_bytes(workspace: Workspace, pictures: Path) -> None:
    rows = ({"text": "a", "media": ["scene.png"]}, {"text": "b", "media": ["https://cdn.example/x/scene.png?s=1"]})
    imported(workspace, folder_for(workspace, pictures), *rows)
    content = (pictures / "scene.png").read_bytes()
    (picture,) = the_ad(workspace).pictures
    assert picture.sha256 == hashlib.sha256(content).hexdigest()
    assert (picture.media_type, picture.size, picture.width, picture.height) == ("image/png", len(content), 240, 240)
    assert picture.words is None
    assert the_ad(workspace, 2).pictures[0].sha256 == picture.sha256
    files = [path for path in workspace.blobs.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in files] == [content]


@pytest.mark.parametrize(
    "name", ["damaged.png", "page.png", "program.png", "bomb.png", "long.png", "as-tiff.png", "absent.png"]
)
def test_what_is_no_sound_picture_is_not_kept(workspace: Workspace, pictures: Path, name: str) -> None:
    media = folder_for(workspace, pictures)
    imported(workspace, media, {"text": "Shoes", "media": [name]})
    assert all(picture.sha256 is None for picture in the_ad(workspace).pictures)
    assert not [path for path in workspace.blobs.rglob("*") if path.is_file()]
    assert [one.name for one in media.refused] == ([] if name == "absent.png" else [name])


@pytest.mark.parametrize("name", ["../outside.png", "drawing.svg", "absent.png", "/etc/passwd"])
def test_what_cannot_be_read_though_asked_for_holds_the_ad(
    workspace: Workspace, pictures: Path, name: str, reader: ImageReader
) -> None:
    tally = imported(workspace, folder_for(workspace, pictures, reader), {"text": "Shoes", "media": [name]})
    assert tally.codes == {"IMAGE-UNREAD": 1}
    assert not any(workspace.blobs.iterdir())


def test_what_was_read_once_stays_and_is_decided_on_again(
    workspace: Workspace, pictures: Path, reader: ImageReader
) -> None:
    row = {"text": "A message for you", "media": ["written.png"]}
    imported(workspace, folder_for(workspace, pictures, reader), row)
    assert "NOT VOTE" in (the_ad(workspace).pictures[0].words or "")
    for media in (None, folder_for(workspace, pictures)):
        tally = imported(workspace, media, row)
        assert (tally.new, tally.decided, tally.verdicts) == (0, 0, {Verdict.REJECT: 1})
    assert len(workspace.vault.ads.history.versions("jsonl:1")) == 1
    assert workspace.vault.ads.search(AdQuery(text="tuesday")).total == 1


def test_a_picture_that_comes_later_is_a_new_version(workspace: Workspace, pictures: Path) -> None:
    row = {"text": "a", "media": ["scene.png"]}
    imported(workspace, None, row)
    imported(workspace, folder_for(workspace, pictures), row)
    assert [one.changed for one in workspace.vault.ads.history.versions("jsonl:1")] == [("pictures",), ()]


def test_an_import_killed_after_the_file_was_kept_goes_on(workspace: Workspace, pictures: Path) -> None:
    content = (pictures / "scene.png").read_bytes()
    digest = BlobStore(workspace.blobs).put(content)
    half = workspace.blobs / digest[:2] / f".{digest}.part"
    half.write_bytes(content[:9])
    imported(workspace, folder_for(workspace, pictures), {"text": "a", "media": ["scene.png"]})
    kept = BlobStore(workspace.blobs).find(the_ad(workspace).pictures[0].sha256 or "")
    assert kept
    assert kept.read_bytes() == content


def test_nearly_the_same_picture_of_two_payers_is_one_group(workspace: Workspace, pictures: Path) -> None:
    names = ["scene.png", "scene-again.jpg", "other.png", "moving.gif"]
    rows = [{"payer": f"Payer {number}", "text": str(number), "media": [name]} for number, name in enumerate(names)]
    imported(workspace, folder_for(workspace, pictures), *rows)
    assert the_ad(workspace, 4).pictures[0].pdq is None
    assert group_pictures(workspace.vault) == 1
    (same,) = same_picture_by_payer(workspace.vault, "jsonl:1")
    assert (same.payer, [ad.id for ad in same.ads]) == ("Payer 1", ["jsonl:2"])
    assert same_picture_by_payer(workspace.vault, "jsonl:3") == []
    removal = Removal(reason=RemovalReason.COURT_ORDER, by="house", at=NOW)
    remove_ad(workspace.vault, "jsonl:2", removal, by="ana")
    assert the_ad(workspace, 2).pictures == ()
    assert same_picture_by_payer(workspace.vault, "jsonl:1") == []
    assert group_pictures(workspace.vault) == 0


def test_partners_hashes_are_found_in_ads(workspace: Workspace, pictures: Path) -> None:
    imported(workspace, folder_for(workspace, pictures), {"text": "a", "media": ["scene.png"]})
    held = Indicator.model_validate(
        {
            "id": "x",
            "published_as": "x",
            "valid_from": NOW,
            "kind": "sha256",
            "value": the_ad(workspace).pictures[0].sha256,
            "source": "s",
            "tlp": "clear",
        }
        | {"modified": NOW, "created": NOW}
    )
    hits = scan_ads([the_ad(workspace)], IndicatorIndex.build([held], now=NOW))
    assert hits["field"].to_pylist() == ["media"]


def test_a_file_of_ads_is_reviewed_with_its_pictures(tmp_path: Path, pictures: Path, reader: ImageReader) -> None:
    file = tmp_path / "ads.jsonl"
    file.write_text('{"id": 1, "media": ["written.png"]}')
    reviewer = Reviewer(RULES, NOW, media=MediaFolder(pictures, reader=reader))
    (line,) = review_lines(file, reviewer, AdTally())
    assert isinstance(line, str)
    assert json.loads(line)["decision"] == "reject"


@pytest.mark.parametrize("size", [(1600, 4), (20_000, 10)])
def test_a_sliver_of_a_picture_is_kept_and_left_to_a_person(
    tmp_path: Path, size: tuple[int, int], reader: ImageReader
) -> None:
    Image.new("L", size, 200).save(tmp_path / "sliver.png")
    taken = MediaFolder(tmp_path, reader=reader).take("sliver.png", None)
    assert taken is not None
    assert MediaFolder(tmp_path).take("sliver.png", taken) == taken
    assert (taken.sha256 is not None, taken.problem) == (True, "it is more than 12 times as long as it is wide")


def test_the_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="absent"):
        MediaFolder(tmp_path / "absent")
