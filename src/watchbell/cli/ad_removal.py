"""`watchbell ads remove` and `restore`: take an ad out of the library, leave a tombstone, and put it back."""

from typing import Annotated

import typer

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.accounts import COMMAND_LINE
from watchbell.desk.ads.library import remove_ad, restore_ad
from watchbell.desk.wording import worded
from watchbell.model.ads import Removal, RemovalReason, Restoration


def remove(
    ad_id: Annotated[str, typer.Argument(metavar="ID", help="The ad, as its page and the API write it.")],
    *,
    reason: Annotated[RemovalReason, typer.Option(help="Why; the first three hide what the ad shows.")],
    note: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What else the tombstone says, for all to read.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take an ad out of the library. Its tombstone stays, with the reason, in the pages, the API and the dumps."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        removal = Removal(reason=reason, note=note, by=opened.settings.operator, at=now)
        stone = remove_ad(opened.vault, ad_id, removal, by=COMMAND_LINE)
    if as_json:
        print_json(stone.model_dump(mode="json"))
        return
    content = "nobody sees its content any more" if stone.content_hidden else "its content stays"
    console.say(f"{ad_id} is removed ({reason}); its tombstone stays, {content}.")


def restore(
    ad_id: Annotated[str, typer.Argument(metavar="ID", help="The ad, as its page and the API write it.")],
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it was wrong to remove it, for all to read.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put back an ad that was removed in error. Its history keeps that it was removed, and says why it is back."""
    with open_workspace(workspace) as opened:
        back = Restoration(reason=worded(reason), by=opened.settings.operator, at=system_clock())
        ad = restore_ad(opened.vault, ad_id, back, by=COMMAND_LINE)
    if as_json:
        print_json(ad.model_dump(mode="json"))
        return
    console.say(f"{ad_id} is back in the library; its history says why.")
