"""Registers are replaced by newer editions only, whole, and with what changed; a real server hands them out."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.loopback_site import Site, site_of
from watchbell.cli.main import app
from watchbell.desk.advertisers.register_refresh import KINDS, named_registers, refresh_register
from watchbell.desk.advertisers.registers import committees
from watchbell.errors import InputError, PeerError, UsageError
from watchbell.vault.workspace import Workspace

NOW = datetime(2026, 11, 3, tzinfo=UTC)


def committee(number: int, name: str, frequency: str = "M") -> str:
    return f"C0000000{number}|{name}|A TREASURER|||||||||{frequency}|||"


def zipped(text: str, *names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names or ("cm.txt",):
            archive.writestr(name, text)
    return file.getvalue()


OLD = "\n".join([committee(1, "ONE"), committee(2, "TWO"), committee(3, "THREE")])
NEW = "\n".join([committee(1, "ONE"), committee(2, "TWO", "T"), committee(4, "FOUR")])


@pytest.fixture
def site() -> Iterator[Site]:
    with site_of({"/2026/cm26.zip": (200, {}, zipped(NEW))}) as found:
        yield found


@pytest.fixture
def workspace(tmp_path: Path, site: Site) -> Iterator[Workspace]:
    (tmp_path / "cm26.txt").write_text(OLD)
    root = tmp_path / "workspace"
    Workspace.create(root).close()
    (root / "watchbell.toml").write_text(
        f'committee_register = "{tmp_path / "cm26.txt"}"\n'
        f'peer_networks = ["127.0.0.0/8"]\n'
        f'register_urls = {{ committee_register = "{site.url("/{cycle}/cm{yy}.zip")}" }}\n'
    )
    opened = Workspace.open(root)
    yield opened
    opened.close()


def test_a_newer_edition_replaces_the_one_that_is_there_and_says_what_changed(workspace: Workspace) -> None:
    assert named_registers(workspace.settings) == ["committee_register"]
    before = committees(workspace.settings)
    assert before is not None
    assert before.find("C00000003") is not None
    done = refresh_register(workspace, "committee_register", NOW, by="ana")
    assert (done.entries, done.added, done.gone, done.changed) == (3, ("C00000004",), ("C00000003",), ("C00000002",))
    after = committees(workspace.settings)
    assert after is not None
    assert after.find("C00000003") is None
    assert after.find("C00000004") is not None
    beside = json.loads(done.file.with_name("cm26.txt.source.json").read_text())
    assert (beside["sha256"], beside["at"], beside["source"]) == (done.sha256, NOW.isoformat(), done.source)
    (entry,) = workspace.vault.ledger.about("committee_register")
    assert (entry.actor, entry.event, entry.details["gone"]) == ("ana", "register.refreshed", 1)
    again = refresh_register(workspace, "committee_register", NOW, by="ana")
    assert (again.added, again.gone, again.changed) == ((), (), ())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>Service unavailable</html>", "no FEC committee master"),
        (committee(1, "ONE").encode(), "half a download"),
        (b"PK\x03\x04 cut off", "no ZIP archive"),
        (zipped(NEW, "a.txt", "b.txt"), "of 2 texts"),
        (b"", "half a download"),
    ],
)
def test_what_is_no_newer_edition_replaces_nothing(
    workspace: Workspace, tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "edition").write_bytes(content)
    with pytest.raises(InputError, match=words):
        refresh_register(workspace, "committee_register", NOW, by="ana", file=tmp_path / "edition")
    assert (tmp_path / "cm26.txt").read_text() == OLD
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cm26.txt", "edition", "workspace"]
    assert workspace.vault.ledger.about("committee_register") == []


def test_fewer_are_taken_when_somebody_says_so(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "edition").write_text(committee(1, "ONE"))
    done = refresh_register(workspace, "committee_register", NOW, by="ana", file=tmp_path / "edition", takes_fewer=True)
    assert (done.entries, len(done.gone)) == (1, 2)


def test_what_cannot_be_had_is_said(workspace: Workspace, site: Site) -> None:
    site.pages.clear()
    with pytest.raises(PeerError, match="status 404"):
        refresh_register(workspace, "committee_register", NOW, by="ana")
    with pytest.raises(UsageError, match="in the setting legislators"):
        refresh_register(workspace, "legislators", NOW, by="ana")
    with pytest.raises(UsageError, match="no register 'senators'"):
        refresh_register(workspace, "senators", NOW, by="ana")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("register", "file", "least"),
    [
        ("committee_register", "fec_cm_2016.txt", 15_000),
        ("candidate_register", "fec_cn_2016.txt", 5_000),
        ("government_domains", "dotgov-current-full.csv", 10_000),
        ("legislators", "legislators-current.yaml", 535),
    ],
)
def test_the_publishers_own_files_are_read(shared_data: Path, register: str, file: str, least: int) -> None:
    assert len(KINDS[register].entries(shared_data / "ads" / "registries" / file)) > least


def test_the_command_tells_what_changed(workspace: Workspace) -> None:
    told = CliRunner().invoke(app, ["ads", "registry", "refresh", "--workspace", str(workspace.root), "--json"])
    assert told.exit_code == 0, told.output
    (done,) = json.loads(told.stdout)
    assert (done["register"], done["added"], done["gone"]) == ("committee_register", ["C00000004"], ["C00000003"])
