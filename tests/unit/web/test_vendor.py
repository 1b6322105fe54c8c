"""The scripts of others that the desk serves itself: pinned, unchanged, and with their licences."""

import hashlib
import json
from pathlib import Path

import pytest

from watchbell.web.pages import STATIC

ASSETS = Path(__file__).parents[3] / "assets"
VENDOR = STATIC / "vendor"
PINS = json.loads((ASSETS / "package.json").read_text())["dependencies"]
LOCK = json.loads((ASSETS / "package-lock.json").read_text())["packages"]


def test_every_script_is_as_it_was_taken() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    sums = {name: expected for expected, name in map(str.split, lines)}
    assert set(sums) == {f"./{script.name}" for script in VENDOR.glob("*.js")}
    for name, expected in sums.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == expected, name


@pytest.mark.parametrize("script", sorted(VENDOR.glob("*.min.js")), ids=lambda script: script.name)
def test_every_script_has_its_licence_beside_it(script: Path) -> None:
    licence = script.with_name(script.name.replace(".min.js", ".LICENSE.txt")).read_text()
    assert "Permission to use, copy" in licence or "Permission is hereby granted" in licence


@pytest.mark.parametrize("package", PINS)
def test_every_pin_is_exact_and_sealed(package: str) -> None:
    locked = LOCK[f"node_modules/{package}"]
    assert locked["version"] == PINS[package]
    assert locked["integrity"].startswith("sha512-")


def test_no_page_names_a_script_or_style_of_another_host() -> None:
    for template in (STATIC.parent / "templates").glob("*.html"):
        html = template.read_text()
        assert "<script>" not in html, template
        assert "style=" not in html, template
        assert 'src="http' not in html, template
