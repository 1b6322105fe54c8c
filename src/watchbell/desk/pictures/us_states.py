"""The United States as a grid of tiles, one for each state, the District of Columbia and Puerto Rico.

Every state is as large as every other: a map by area shows land, and ads are aimed at people. Drawn here by hand from
who borders whom; names and codes are those of FIPS 5-2.
"""

from typing import NamedTuple


class Tile(NamedTuple):
    """A state and where its tile stands, counted from the top left."""

    code: str
    name: str
    column: int
    row: int


# A line is a row of the grid, west to east; dots are left free.
_GRID = """
.. .. .. .. .. .. .. .. .. .. .. ME
AK .. .. .. .. .. .. .. .. .. VT NH
.. WA ID MT ND MN IL WI MI NY RI MA
.. OR NV WY SD IA IN OH PA NJ CT ..
.. CA UT CO NE MO KY WV VA MD DE ..
.. .. AZ NM KS AR TN NC SC DC .. ..
.. .. .. .. OK LA MS AL GA .. .. ..
HI .. .. .. TX .. .. .. .. FL .. PR
"""
_NAMES = {
    "AK": "Alaska", "AL": "Alabama", "AR": "Arkansas", "AZ": "Arizona", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DC": "District of Columbia", "DE": "Delaware", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "IA": "Iowa", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "MA": "Massachusetts", "MD": "Maryland", "ME": "Maine", "MI": "Michigan", "MN": "Minnesota",
    "MO": "Missouri", "MS": "Mississippi", "MT": "Montana", "NC": "North Carolina", "ND": "North Dakota",
    "NE": "Nebraska", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NV": "Nevada", "NY": "New York",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "PR": "Puerto Rico", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VA": "Virginia",
    "VT": "Vermont", "WA": "Washington", "WI": "Wisconsin", "WV": "West Virginia", "WY": "Wyoming",
}  # fmt: skip

TILES = tuple(
    Tile(code, _NAMES[code], column, row)
    for row, line in enumerate(_GRID.split("\n")[1:-1])
    for column, code in enumerate(line.split())
    if code != ".."
)
"""All tiles, row by row."""

STATE_NAMES = frozenset(_NAMES.values())
