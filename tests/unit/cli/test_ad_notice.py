"""A European sponsor from the command line: the steps, the label, and what the notice of their ad must tell."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from watchbell.cli.main import app
from watchbell.vault.workspace import Workspace

SPONSOR = "Verein Beispiel"
AD = {
    "id": "1",
    "platform": "facebook",
    "text": "Wählen Sie die Lampenpartei.",
    "payer": SPONSOR,
    "disclaimer": "Politische Anzeige. Der Sponsor ist Verein Beispiel.",
    "declared_political": True,
    "started_at": "2027-02-01T10:00:00Z",
    "ended_at": "2027-02-20T10:00:00Z",
    "country": "DE",
    "language": "de",
    "spend": 500,
    "currency": "EUR",
    "declaration": {"origin": "public", "whence": "inside"},
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    Workspace.create(tmp_path / "workspace").close()
    CliRunner().invoke(app, ["advertiser", "key", str(tmp_path / "identity.key")])
    monkeypatch.setenv("WATCHBELL_IDENTITY_KEY_FILE", str(tmp_path / "identity.key"))
    (tmp_path / "paper.png").write_bytes(b"a scan")
    (tmp_path / "ads.jsonl").write_text(json.dumps(AD) + "\n")
    return tmp_path


def test_a_sponsor_shows_who_they_are_labels_an_ad_and_completes_its_notice(root: Path) -> None:
    def run(*words: str) -> Any:
        command = [*words, "--workspace", str(root / "workspace"), "--json"]
        result = CliRunner().invoke(app, command)
        return json.loads(result.stdout) if result.exit_code == 0 else str(result.output or result.exception)

    def sponsor(*words: str) -> Any:
        return run("advertiser", words[0], SPONSOR, *words[1:])

    way = ("--jurisdiction", "EU", "--route", "sponsor", "--email", "ann@verein.example")
    run("advertiser", "add", "Anna Eriksson", *way, "--organisation", SPONSOR)
    for step in ("identity", "sponsor", "controlling-entity"):
        paper = ("--kind", "document", "--text", "A paper", "--file", str(root / "paper.png"))
        assert sponsor("evidence", step, *paper)["verdict"] == "review"
        sponsor("decide", step, "--accept", "--reason", "The register says so.")
    assert sponsor("status")["label"] == "Political advertisement"
    made = run("advertiser", "disclaimer", "make", SPONSOR, "--language", "de")
    assert (made["text"], made["verdict"]) == (AD["disclaimer"], "approved")
    run("ads", "import", str(root / "ads.jsonl"))
    [mine] = sponsor("ads")
    assert mine["ad_id"] == "jsonl:1"
    imported = run("advertiser", "notice", "show", "jsonl:1")
    assert imported["headings"][6]["told"][0] == "Die Mittel sind öffentlich."
    declare = ("advertiser", "notice", "declare", SPONSOR, "jsonl:1")
    told = ["--address", "Weg 1, 10115 Berlin", "--nobody-controls", "--origin", "private", "--whence", "inside"]
    told += ["--total", "9000.50", "eur", "--method", "Wie berechnet.", "--linked", "Gesetz über Lampen"]
    complete = run(*declare, *told, "--no-personal-data")
    assert [heading["number"] for heading in complete["headings"] if heading["missing"]] == [15]
    assert complete["headings"][6]["told"][0] == "Die Mittel sind privat."
    assert run("advertiser", "notice", "show", "jsonl:1", "--lang", "fr")["headings"][0]["title"] == "Le parraineur"
    assert "Choose --linked" in run(*declare, "--linked", "x", "--linked-to-nothing")
    assert "is no amount" in run(*declare, "--total", "viel", "EUR")
    assert "not in 'it'" in run("advertiser", "notice", "show", "jsonl:1", "--lang", "it")
    assert "has no transparency notice" in run("advertiser", "notice", "show", "jsonl:2")
    plain = CliRunner().invoke(app, ["advertiser", "notice", "show", "jsonl:1", "--workspace", str(root / "workspace")])
    assert "! die Zahl der Aufrufe; die Zahl der Interaktionen" in plain.stdout
