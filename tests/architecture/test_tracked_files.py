"""What is committed holds for everyone: no path of the machine on which it was written."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Put together here, so that this file does not name what it looks for.
MACHINE_PATHS = ["/" + "work/", "/" + "home/", "/" + "Users/", "/tmp/" + "brief"]


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout, so what is committed cannot be told")
    paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and "demo_data" not in path.parts]


def test_no_committed_file_names_a_place_on_one_machine(tracked: list[Path]) -> None:
    named = {
        (path.relative_to(ROOT).as_posix(), machine_path)
        for path in tracked
        for machine_path in MACHINE_PATHS
        if machine_path.encode() in path.read_bytes()
    }
    assert not named
