"""`watchbell demo`: the whole loop on bundled data, then the desk."""

import time
from pathlib import Path
from typing import Annotated

import typer

from watchbell.cli.options import JsonOption, print_json
from watchbell.cli.screen import console, err_console
from watchbell.cli.serve import run_server
from watchbell.clock import system_clock
from watchbell.desk.demo import Demonstrated, demo_account, demo_workspace, demonstrate
from watchbell.desk.demo_advertisers import PERSON_EMAIL

app = typer.Typer()


@app.command()
def demo(
    *,
    workspace: Annotated[
        Path, typer.Option(metavar="DIR", help="Where the demonstration's workspace is made, or used again.")
    ] = Path("watchbell-demo"),
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the desk when the job is done.")] = True,
    host: Annotated[str, typer.Option(help="The address to serve at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8765,
    as_json: JsonOption = False,
) -> None:
    """Show what Watchbell is: real posts, indicators and ads go in; networks, hits, decisions and cases come out.

    The data are real and ship with Watchbell, each with its source and licence, but for one scenario that is made up
    and says so. The desk is served at the end, with an account whose password is printed once.
    """
    started = time.monotonic()
    with demo_workspace(workspace) as opened:
        user, password = demo_account(opened, system_clock())
        done = demonstrate(opened, user, system_clock(), lambda said: err_console.say(f"{said}…"))
        if as_json:
            account = {"username": user.username} | ({"password": password} if password else {})
            seconds = round(time.monotonic() - started, 1)
            print_json({**done._asdict(), "workspace": str(workspace), "account": account, "seconds": seconds})
        else:
            _print(done, time.monotonic() - started)
            _print_account(user.username, password, workspace)
        if serve:
            run_server(opened, host, port)


def _print(done: Demonstrated, seconds: float) -> None:
    console.say(
        f"\nIn {seconds:.0f} s: {done.posts:,} posts, {done.pairs:,} pairs of accounts, {done.groups:,} groups; "
        f"{done.indicators:,} indicators, {done.hits:,} hits; {done.ads:,} ads, {done.ad_decisions:,} decided; "
        f"{done.cases:,} cases.",
    )
    console.say(f"The case in which all rooms meet, as a STIX 2.1 bundle: {done.bundle}")


def _print_account(username: str, password: str | None, workspace: Path) -> None:
    if password:
        console.say(f"Sign in to the desk as {username} with the password {password} (shown this once).")
        console.say(f"At /advertiser a made-up candidate signs in as {PERSON_EMAIL} with the same password.")
        return
    console.say(
        f"The account {username} is there already; its password was shown when it was made. If it is lost, add another "
        f"account: watchbell user add NAME --role reviewer --generate --workspace {workspace}"
    )
