"""The decision as a whole: what rejects, what holds, what passes, and that it can be replayed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from watchbell.ads.images import ImageReader
from watchbell.ads.review import Aids, review
from watchbell.ads.rulebook import RuleBook
from watchbell.errors import UsageError
from watchbell.model.ads import Ad, AdDecision, Verdict

RULES = RuleBook.bundled()
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def decided(images: ImageReader | None = None, **fields: object) -> AdDecision:
    ad = Ad.model_validate({"id": "a:1", "source": "a", "platform": "p"} | fields)
    return review(ad, RULES, now=NOW, aids=Aids(images=images))


def codes(decision: AdDecision) -> list[str]:
    return [finding.code for finding in decision.policies]


def test_an_ordinary_ad_is_approved() -> None:
    decision = decided(text="20% off all shoes")
    assert (decision.verdict, decision.political, codes(decision)) == (Verdict.APPROVE, False, [])


def test_a_political_ad_that_says_who_paid_is_approved() -> None:
    decision = decided(text="Vote for Ann Lee on Tuesday. Paid for by Friends of Ann Lee")
    assert (decision.verdict, decision.political) == (Verdict.APPROVE, True)


def test_a_political_ad_that_does_not_is_held() -> None:
    decision = decided(text="Vote for Ann Lee on Tuesday")
    assert (decision.verdict, codes(decision)) == (Verdict.REVIEW, ["DISC-MISSING"])


def test_interference_is_rejected_whoever_paid() -> None:
    decision = decided(text="Skip the line: vote by text message!", payer="Lee Campaign")
    assert (decision.verdict, codes(decision)) == (Verdict.REJECT, ["VI-METHOD"])


def test_a_rule_broken_in_the_disclaimer_counts_too() -> None:
    assert decided(text="Shoes", disclaimer="Don't vote on Tuesday").verdict is Verdict.REJECT


def test_padding_buys_no_approval() -> None:
    decision = decided(text="shoes " * 5000 + "Don't vote on Tuesday")
    assert (decision.verdict, codes(decision)) == (Verdict.REVIEW, ["TEXT-TOO-LONG"])


def test_a_decision_can_be_replayed() -> None:
    ad = Ad(id="a:1", source="a", platform="p", text="The election is rigged. Vote by phone!")
    first, later = review(ad, RULES, now=NOW), review(ad, RULES, now=NOW + timedelta(days=9))
    assert first == later.model_copy(update={"decided_at": NOW})
    assert first.rules_version == RULES.version


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> ImageReader:
    folder = tmp_path_factory.mktemp("pictures")
    picture = np.full((200, 900, 3), 255, np.uint8)
    cv2.putText(picture, "DO NOT VOTE ON TUESDAY", (20, 110), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 4)
    assert cv2.imwrite(str(folder / "plain.png"), picture)
    (folder / "broken.png").write_bytes(b"\x89PNG not really")
    (folder.parent / "outside.png").write_bytes((folder / "plain.png").read_bytes())
    return ImageReader(folder)


def test_words_in_a_picture_are_reviewed(reader: ImageReader) -> None:
    decision = decided(reader, text="A message for you", media=["plain.png"])
    assert decision.verdict is Verdict.REJECT
    assert "AD-DONTVOTE" in codes(decision)


@pytest.mark.parametrize("name", ["../outside.png", "absent.png", "broken.png", "/etc/passwd", "a\x00.png"])
def test_a_picture_that_cannot_be_read_holds_the_ad(reader: ImageReader, name: str) -> None:
    decision = decided(reader, text="Shoes", media=[name])
    assert (decision.verdict, codes(decision)) == (Verdict.REVIEW, ["IMAGE-UNREAD"])


def test_addresses_are_never_fetched(reader: ImageReader) -> None:
    assert decided(reader, text="Shoes", media=["https://a.example/x.png"]).verdict is Verdict.APPROVE


def test_the_image_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="absent"):
        ImageReader(tmp_path / "absent")
