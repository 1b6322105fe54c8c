"""The TAXII server against the black-box checks of the standard, which were written without it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.taxii_server import House
from watchbell.model.tlp import Tlp


@pytest.mark.shared
@pytest.mark.parametrize("clearance", [Tlp.GREEN, Tlp.AMBER])
def test_every_check_of_the_standard_passes(house: House, shared_data: Path, clearance: Tlp) -> None:
    checks = shared_data.parent / "taxii/conformance.py"
    if not checks.is_file():
        pytest.skip(f"the checks of the standard are not at {checks}")
    collections = {
        f"TAXII_{name}": house.collection(alias).split("/")[1]
        for name, alias in {"RW": "exchange", "RO": "shared", "WO": "drop", "NONE": "closed"}.items()
    }
    _, account, token = house.partners[clearance]
    signed = {"TAXII_USER": account.username, "TAXII_PASS": token, "TAXII_DISCOVERY": f"{house.url}/taxii2/"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, str(checks)],
        env={**os.environ, **signed, **collections},
        cwd=checks.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:]
    assert " skipped" not in done.stdout
    assert " failed" not in done.stdout
