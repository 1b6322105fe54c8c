"""What the commands on ads say, word for word."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchbell.cli.ad_export import _print as print_export
from watchbell.cli.ad_replay import tell
from watchbell.desk.ads.export import Exported
from watchbell.desk.ads.replay import Replay
from watchbell.model.ads import AdDecision, DisclaimerFinding, DisclaimerState, PolicyFinding, Verdict


@pytest.mark.parametrize(("count", "said"), [(1, "1 ad is not in it: so"), (1_255, "1,255 ads are not in it: so")])
def test_one_ad_that_is_kept_back_is_one(capsys: pytest.CaptureFixture[str], count: int, said: str) -> None:
    print_export(Path("ads.csv"), Exported(kept_back=Counter({"so": count})))
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("quote", "said"), [("", "AD-CHANGED\n"), ("vote", "AD-CHANGED: “vote”\n")])
def test_a_finding_without_a_quote_has_no_empty_one(capsys: pytest.CaptureFixture[str], quote: str, said: str) -> None:
    finding = PolicyFinding(code="AD-CHANGED", quote=quote, reason="It shows something else.")
    decision = AdDecision(
        ad_id="a:1",
        content_digest="0" * 64,
        political=True,
        political_reason="It names a candidate.",
        disclaimer=DisclaimerFinding(state=DisclaimerState.PRESENT, reason="It says so."),
        rules_version="1",
        verdict=Verdict.REVIEW,
        reason="It shows something else.",
        policies=(finding,),
        decided_by="anna",
        decided_at=datetime(2026, 11, 3, tzinfo=UTC),
    )
    tell(Replay(kept=decision, now=decision), as_json=False)
    assert said in capsys.readouterr().out
