"""Names of organisations in evidence, against all committees of a real register and their neighbours."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from watchbell.ads.advertisers.evidence.names import same_organisation
from watchbell.ads.payers.register import Register

SHORTER = [
    (r"\bPOLITICAL ACTION COMMITTEE\b", "PAC"),
    (r"\bCOMMITTEE\b", "Cmte"),
    (r"\bASSOCIATION\b", "Assn."),
    (r"\bNATIONAL\b", "Nat'l"),
    (r"\bPAC\b", "Political Action Committee"),
    (r"\bAND\b", "&"),
    (r"&", " and "),
    (r"\bINC\b\.?", ""),
    (r"[.,-]", " "),
    (r"^", "The "),
    (r"$", ", Inc."),
]


@pytest.mark.parametrize(
    ("told", "registered"),
    [
        ("Joe", "JOE KENNEDY FOR SENATE"),
        ("Green Party of Alaska", "GREEN PARTY OF TEXAS"),
        ("Democratic Party of Ohio", "DEMOCRATIC PARTY OF IOWA"),
        ("National Republican Pizza", "REPUBLICAN NATIONAL COMMITTEE"),
        ("Anti Biden Dogs", "BIDEN FOR PRESIDENT"),
        ("Smith for Senate", "SMITH FOR CONGRESS"),
        ("Hill for Congress 2014", "HILL FOR CONGRESS 2016"),
        ("Committee Inc.", "COMMITTEE FOR AMERICA"),
        ("", "HILL FOR CONGRESS"),
    ],
)
def test_another_organisations_name_is_not_the_registered_one(told: str, registered: str) -> None:
    assert not same_organisation(told, registered)


def test_a_year_may_be_lacking_on_one_side() -> None:
    assert same_organisation("Hill for Congress 2024", "HILL FOR CONGRESS")
    assert same_organisation("Hill for Congress", "HILL FOR CONGRESS 2024")


@pytest.mark.shared
def test_every_committee_bears_its_name_written_another_way_and_none_its_neighbours(shared_data: Path) -> None:
    names = sorted(Register.read(shared_data / "ads" / "registries" / "fec_cm_2016.txt").names())[::7]
    ways = [(re.sub(pattern, other, name).title(), name) for name in names for pattern, other in SHORTER]
    missed = [pair for pair in ways if not same_organisation(*pair)]
    assert len(missed) == 0, missed[:5]
    alike = [pair for pair in pairwise(names) if same_organisation(*pair)]
    assert len(alike) <= 5, alike
    moved = [(re.sub(r"\b(?:OHIO|TEXAS|IOWA)\b", "ALASKA", name), name) for name in names]
    assert not [pair for pair in moved if pair[0] != pair[1] and same_organisation(*pair)]
