"""`watchbell ads sums`: sum up the whole library for its overview."""

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.ads.overview import make_overviews


def sums(*, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Sum up all ads anew, by country and time, for the library's page on spending. `ads dump` does it every night."""
    with open_workspace(workspace) as opened, waiting("the library"):
        made = make_overviews(opened.vault, system_clock())
        ads = opened.vault.ads.count()
    if as_json:
        print_json({"sums": made, "ads": ads})
    else:
        console.say(f"Summed up {ads:,} ads: {made:,} countries and spans of time to choose from.")
