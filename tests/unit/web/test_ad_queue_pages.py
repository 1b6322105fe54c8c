"""The queue of ads at the desk: who sees it, and what its forms do."""

from datetime import timedelta
from urllib.parse import quote

from tests.made_up_desk import APPROVED_AD, HELD_AD, HOSTILE, ads
from tests.unit.web.conftest import StillClock, Visitor

AD = f"/library/ads/{quote(HELD_AD)}"
QUEUE_AD = f"/desk/ads/{quote(HELD_AD)}"


def test_a_reviewer_sees_what_waits_and_nothing_from_outside_becomes_markup(visitor: Visitor) -> None:
    answer = visitor("rev").get("/desk/ads")
    assert answer.status_code == 200
    assert "1 ad waits" in answer.text
    assert HOSTILE not in answer.text


def test_others_see_neither_queue_nor_form(visitor: Visitor) -> None:
    assert visitor("ana").get("/desk/ads").status_code == 403
    for name in ("ana", None):
        assert "Review it" not in visitor(name).get(AD).text


def test_an_ad_is_claimed_decided_and_taken_back(visitor: Visitor, clock: StillClock) -> None:
    rev, kim = visitor("rev"), visitor("kim")
    assert "Review this ad" in rev.get(AD).text
    assert "Sign this decision" in rev.post(f"{QUEUE_AD}/claim", follow_redirects=True).text
    assert "rev is reviewing it" in kim.get(AD).text
    seen = next(ad.content_digest for ad in ads() if ad.id == HELD_AD)
    said = {"verdict": "approve", "reason": f"It names its payer {HOSTILE}", "seen": seen}
    assert f'name="seen" value="{seen}"' in rev.get(AD).text
    assert kim.post(f"{QUEUE_AD}/decision", data=said).status_code == 400
    late = rev.post(f"{QUEUE_AD}/decision", data=said | {"seen": "0" * 64})
    assert late.status_code == 400
    assert "changed since you opened it" in late.text
    assert "Take my decision back" in rev.post(f"{QUEUE_AD}/decision", data=said, follow_redirects=True).text
    public = visitor(None).get(AD).text
    assert "It names its payer" in public
    assert HOSTILE not in public
    assert "decided by a person" in public
    clock.now += timedelta(seconds=30)
    assert "Take my decision back" not in rev.post(f"{QUEUE_AD}/undo", follow_redirects=True).text
    assert "1 ad waits" in rev.get("/desk/ads").text


def test_an_ad_can_be_left_to_others(visitor: Visitor) -> None:
    rev = visitor("rev")
    rev.post(f"{QUEUE_AD}/claim")
    assert rev.post(f"{QUEUE_AD}/release").headers["location"] == "/desk/ads"
    assert "Review this ad" in visitor("kim").get(AD).text


def test_what_is_not_there_is_not_found_and_no_ad_need_wait_to_be_reviewed(visitor: Visitor) -> None:
    rev = visitor("rev")
    assert rev.post("/desk/ads/none/claim").status_code == 404
    assert "Sign this decision" in rev.post(f"/desk/ads/{quote(APPROVED_AD)}/claim", follow_redirects=True).text
