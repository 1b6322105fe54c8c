"""Imports run one way: the contracts of `.importlinter` hold."""

import configparser
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_import_contracts_hold() -> None:
    check = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-logo",
    ]
    result = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert " 0 broken" in result.stdout


def test_every_room_stands_in_the_layers() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    layered = config["importlinter:contract:rooms"]["layers"].replace("|", "\n").split()
    package = ROOT / "src/watchbell"
    rooms = {path.name for path in package.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    assert rooms | modules == set(layered)
