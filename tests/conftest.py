"""What every test may use."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of large real data that the project does not ship; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("WATCHBELL_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"the large real data is not at {folder}; set WATCHBELL_SHARED to its folder to run this test")
    return folder
