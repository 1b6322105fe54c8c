from pathlib import Path

import pytest

from watchbell.detect.outlets import Outlet, bundled_outlets, read_outlets
from watchbell.errors import InputError

ENTRY = '[[outlet]]\nname = "Agency"\nkind = "news agency"\naccounts = ["twitter:Agency"]\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "outlets.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_bundled_list_knows_an_agency_in_any_letter_case_and_no_namesake() -> None:
    outlets = bundled_outlets()
    assert outlets.outlet("twitter:Reuters") == Outlet("Reuters", "news agency")
    assert outlets.outlet("telegram:reuters") is None
    assert outlets.outlet("twitter:reuters_") is None
    assert outlets.version
    assert "CC0" in outlets.source


def test_an_analyst_keeps_a_list_of_their_own(tmp_path: Path) -> None:
    outlets = read_outlets(written(tmp_path, ENTRY))
    assert outlets.outlet("twitter:agency") == Outlet("Agency", "news agency")
    assert outlets.outlet("twitter:reuters") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("outlet = [", "cannot be read as a list of outlets"),
        ('outlet = "Reuters"', r"\[\[outlet\]\]"),
        ("outlet = [1]", "outlet 1: write it as a table"),
        (ENTRY.replace('"Agency"\nkind', '""\nkind'), "outlet 1: name must be a text"),
        (ENTRY.replace('kind = "news agency"\n', ""), "outlet 1: kind must be a text"),
        (ENTRY.replace('["twitter:Agency"]', '["Agency"]'), "outlet 1: accounts must be a list"),
        (ENTRY.replace('["twitter:Agency"]', "7"), "outlet 1: accounts must be a list"),
        (ENTRY + ENTRY.replace('"Agency"\nkind', '"Other"\nkind'), "outlet 2: twitter:Agency is already"),
    ],
)
def test_a_list_that_cannot_be_says_where_and_what(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_outlets(written(tmp_path, text))


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.toml"):
        read_outlets(tmp_path / "nowhere.toml")
