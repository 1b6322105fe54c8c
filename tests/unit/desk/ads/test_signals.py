"""What else speaks about whoever paid: changed pages, the same words paid for by others, hits, detected groups."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from tests import made_up_desk
from tests.made_up_desk import NOW
from watchbell.desk.ads.likeness import SamePayer
from watchbell.desk.ads.payers import import_faces, paid_view
from watchbell.desk.ads.signals import Signal, signals_of
from watchbell.desk.advertisers.office import office_in
from watchbell.desk.investigations.networks import latest_run
from watchbell.errors import NothingUsableError
from watchbell.model.ads import Ad
from watchbell.vault.workspace import Workspace

DAY = timedelta(days=1)
AD = Ad(id="jsonl:1", source="jsonl", platform="facebook", payer="Club", account_id="77", started_at=NOW)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("desk") / "workspace"
    made_up_desk.build(root)
    with Workspace.open(root) as opened:
        yield opened


def log(folder: Path, *rows: str) -> Path:
    file = folder / "log.csv"
    file.write_text("\n".join(["platform,account,name,countries,at", *rows]) + "\n")
    return file


def seen(workspace: Workspace, ad: Ad = AD) -> list[Signal]:
    return signals_of(workspace, paid_view(office_in(workspace), ad, None, NOW), (), (), NOW)


def test_a_page_that_changed_of_late_is_told_and_an_old_change_is_not(workspace: Workspace, tmp_path: Path) -> None:
    old, late, since = (f"{NOW + days * DAY:%Y-%m-%dT%H:%M:%SZ}" for days in (-400, -5, 2))
    before = f"{NOW - 200 * DAY:%Y-%m-%dT%H:%M:%SZ}"
    rows = (
        f"facebook,77,Examples,US,{old}",
        f"facebook,77,Old Examples,US,{before}",
        f"Facebook,77,Patriots,US,{late}",
        f"facebook,77,Patriots,MK US,{since}",
        "facebook,77,Nobody,United States,now",
    )
    for _ in range(2):
        done = import_faces(workspace, log(tmp_path, *rows), NOW, by="rev")
        assert (done.rows, done.rejected) == (4, 1)
    assert [signal.says for signal in seen(workspace)] == [
        "The countries of administrators of its account changed from “US” to “MK, US”, since it was first shown.",
        "The name of its account changed from “Old Examples” to “Patriots”, 5 days before it was first shown.",
    ]
    assert workspace.vault.ledger.about("log.csv")[0].event == "accounts.seen"
    with pytest.raises(NothingUsableError, match="Not one row"):
        import_faces(workspace, log(tmp_path, "facebook,77,Nobody,United States,now"), NOW, by="rev")


def test_others_who_paid_and_what_partners_published_are_told(workspace: Workspace) -> None:
    ad = AD.model_copy(update={"account_id": None})
    others = [SamePayer(name, ()) for name in (None, "CLUB", "Other", *(f"Payer {number}" for number in range(5)))]
    hit = {"indicator_value": "bad.example", "field": "links"}
    paid = paid_view(office_in(workspace), ad, None, NOW)
    assert signals_of(workspace, paid, (hit, hit), others, NOW) == [
        ("Nearly the same ad was paid for by nobody named, Other, Payer 0, Payer 1, Payer 2 and 2 more.", "#alike"),
        ("Its links: bad.example, which was published or is imitated.", "#hits"),
    ]


def test_a_page_in_a_detected_group_is_told(workspace: Workspace) -> None:
    run = latest_run(workspace)
    assert run is not None
    account, group = pl.read_parquet(run.folder / "groups.parquet").select("account_id", "group_id").row(0)
    platform, _, name = account.partition(":")
    ad = AD.model_copy(update={"platform": f"other, {platform}", "account_id": name.upper()})
    [found] = seen(workspace, ad)
    assert found.at == f"/desk/networks/{group}"
    assert found.says.startswith(f"{account} is in a group of accounts")
    assert seen(workspace, ad.model_copy(update={"account_id": "somebody-else"})) == []
