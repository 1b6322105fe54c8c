"""The reference is what the code says today."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_reference_is_fresh(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "scripts/generate_reference.py", tmp_path], check=True, cwd=ROOT)
    made = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    kept = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "docs/reference").iterdir()}
    assert made == kept, "run `make docs`"
