"""The bare install starts and detects without the extras, says which one is missing, and starts at once."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"pyspark", "numba", "polars", "igraph", "fastapi"}

WITHOUT_EXTRAS = """
import sys
blocked = set({blocked!r})

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
sys.argv = ["watchbell", *{arguments!r}]
from watchbell.cli.main import run
run()
"""

LOADED = """
import sys
sys.argv = ["watchbell", "--version"]
{statement}
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def distributions(requirements: list[str]) -> set[str]:
    names = (re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in requirements)
    return {re.sub(r"[-_.]+", "-", found[0]).lower() for found in names if found}


def modules_of_extras() -> set[str]:
    """Top-level modules that only an extra brings."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bare = distributions(project["dependencies"])
    extra = distributions([item for items in project["optional-dependencies"].values() for item in items]) - bare
    installed = importlib.metadata.packages_distributions()
    return {module for module, brought in installed.items() if distributions(brought) & extra} - {"watchbell"} | {
        "pyspark"
    }


def run_bare(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = WITHOUT_EXTRAS.format(blocked=sorted(modules_of_extras()), arguments=arguments)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def loaded_by(statement: str) -> set[str]:
    code = LOADED.format(statement=statement)
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_the_extras_are_really_blocked() -> None:
    assert {"fastapi", "stix2", "rapidfuzz", "yaml", "psycopg", "pyspark"} <= modules_of_extras()


@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("--help",), ("init", "--help"), ("detect", "--help"), ("match", "--help"), ("posts", "--help")],
)
def test_a_bare_install_starts(arguments: tuple[str, ...]) -> None:
    result = run_bare(*arguments)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("door", ["demo", "serve"])
def test_a_missing_extra_is_named_in_a_sentence(door: str) -> None:
    result = run_bare(door, "--help")
    assert result.returncode == 69
    assert "pip install 'watchbell[desk]'" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "statement", ["import watchbell", "from watchbell.cli.main import app; app(standalone_mode=False)"]
)
def test_nothing_heavy_is_loaded_before_it_is_asked_for(statement: str) -> None:
    loaded = loaded_by(statement)
    assert "watchbell" in loaded
    assert not loaded & HEAVY


def test_a_run_on_a_table_starts_without_the_parts_of_a_workspace() -> None:
    """They take as long to load as a small table takes to read."""
    loaded = loaded_by("import watchbell.cli.detect")
    assert "polars" in loaded
    assert not loaded & {"sqlalchemy", "alembic", "pydantic", "pydantic_settings", "numba", "rich", "tldextract"}
