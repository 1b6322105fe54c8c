"""`watchbell ads alike`: find the ads that say or show nearly the same."""

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.cli.screen import console
from watchbell.desk.ads.likeness import group_alike, group_pictures


def alike(*, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Find the ads that say or show nearly the same, whoever paid, for the ads' pages to show. Run it nightly.

    At least half of what two such ads say is the same, or the PDQ hashes of two pictures differ in at most 31 bits.
    """
    with open_workspace(workspace) as opened, waiting("the library"):
        groups, pictures = group_alike(opened.vault), group_pictures(opened.vault)
    if as_json:
        print_json({"groups": groups, "picture_groups": pictures})
    else:
        console.say(f"Found {groups:,} groups of ads that say nearly the same, {pictures:,} that show it.")
