"""Codes: only the right one, once, in time, after few tries; and the letter that brings one."""

import re
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from watchbell.ads.advertisers.evidence.codes import MOST_TRIES, code_hash, judged_code, new_code
from watchbell.ads.advertisers.evidence.letter import letter
from watchbell.model.advertisers import EvidenceVerdict, SentCode

NOW = datetime(2026, 11, 3, tzinfo=UTC)
KEY = b"outside the database"


def sent(code: str, **changes: object) -> SentCode:
    kept = SentCode(evidence_id="e", code_hash=code_hash(code, "e", KEY), tries=1, expires_at=NOW + timedelta(days=1))
    return kept.model_copy(update=changes)


def test_the_right_code_comes_back_however_it_is_typed() -> None:
    code = new_code()
    typed = f" {code[:4].lower()}-{code[4:]} "
    found = judged_code(sent(code), typed, KEY, NOW)
    assert found is not None
    assert found.verdict is EvidenceVerdict.ACCEPTED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"used_at": NOW}, "used before"),
        ({"tries": MOST_TRIES + 1}, "tried more than"),
        ({"expires_at": NOW}, "was good until"),
    ],
)
def test_the_right_code_too_late_is_refused(changes: dict[str, object], words: str) -> None:
    found = judged_code(sent("ABCD2345", **changes), "ABCD2345", KEY, NOW)
    assert found is not None
    assert found.verdict is EvidenceVerdict.REFUSED
    assert words in found.reason


def test_a_wrong_code_may_be_tried_again_until_the_last_try() -> None:
    assert judged_code(sent("ABCD2345"), "ABCD2346", KEY, NOW) is None
    last = judged_code(sent("ABCD2345", tries=MOST_TRIES), "ABCD2346", KEY, NOW)
    assert last is not None
    assert last.verdict is EvidenceVerdict.REFUSED


def test_a_code_of_other_evidence_or_another_key_is_another() -> None:
    assert len({code_hash("ABCD2345", *where) for where in (("e", KEY), ("f", KEY), ("e", b"k"))}) == len("efk")


def test_a_letter_is_a_pdf_for_any_name() -> None:
    page = letter("Watch", ["Łukasz Żółć", "東京"], "ABCD-2345", "3 December 2026")
    assert page.startswith(b"%PDF-")
    assert len(page) < 20_000


def test_all_of_a_letter_stands_on_its_page() -> None:
    page = letter("Watch", ["Ann Roe", "123 Main St", "Sacramento, CA 95814"], "ABCD-2345", "3 December 2026")
    content = zlib.decompress(page.partition(b"stream\n")[2].partition(b"\nendstream")[0])
    placed = re.findall(rb"BT ([\d.]+) ([\d.]+) Td.*?\((.*?)\) Tj", content)
    assert {b"ABCD-2345", b"Sacramento, CA 95814"} <= {text for *_, text in placed}
    # A4 in points, with margins; the code in 20-point Courier is 108 points wide.
    assert all(70 <= float(x) <= 595 - 70 - 108 and 50 <= float(y) <= 842 - 50 for x, y, _ in placed)
