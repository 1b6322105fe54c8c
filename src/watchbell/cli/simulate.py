"""The command `watchbell simulate`: a world of actions in which it is known who acts together."""

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchbell import __version__
from watchbell.cli.options import JsonOption, print_json, waiting
from watchbell.detect.worlds.recipe import HABITS, Habit, Recipe
from watchbell.errors import UsageError

if TYPE_CHECKING:
    from watchbell.detect.worlds.world import World

app = typer.Typer()

_USUAL = Recipe()
_HABIT = re.compile(r"(\d{1,9})/(\d{1,9})/(\d{1,9})")
_GROUP_HELP = (
    "Plant a group: accounts, campaigns, and seconds within which those who take part act. May be given again. "
    "Without it: " + ", ".join(f"{habit.accounts}/{habit.campaigns}/{habit.spread_s}" for habit in HABITS) + "."
)


@app.command()
def simulate(
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where to write the world.")],
    events: Annotated[float, typer.Option(help="Actions in all, about: 1e5, 1200000.")] = _USUAL.events,
    seed: Annotated[int, typer.Option(min=0, help="The same seed and options make the same world.")] = 1,
    null: Annotated[bool, typer.Option("--null", help="Plant no groups and no wires: nobody acts together.")] = False,
    group: Annotated[list[str] | None, typer.Option(metavar="ACCOUNTS/CAMPAIGNS/SECONDS", help=_GROUP_HELP)] = None,
    participation: Annotated[
        float, typer.Option(help="Chance that an account takes part in a campaign of its group.")
    ] = _USUAL.participation,
    camouflage: Annotated[
        float, typer.Option(help="Mean actions of a planted account beside its campaigns.")
    ] = _USUAL.camouflage,
    fans: Annotated[int, typer.Option(help="Honest accounts that repost one source within minutes.")] = _USUAL.fans,
    sources: Annotated[int, typer.Option(help="Sources that the fans follow.")] = _USUAL.sources,
    wires: Annotated[
        int, typer.Option(help="Honest automated accounts that publish the same items within a second.")
    ] = _USUAL.wires,
    topics: Annotated[int, typer.Option(help="Topics that accounts prefer and objects belong to.")] = _USUAL.topics,
    days: Annotated[int, typer.Option(help="How long the world lasts.")] = _USUAL.days,
    as_json: JsonOption = False,
) -> None:
    """Make a world of actions in which it is known who acts together, to try a rule on.

    DIR will hold actions.parquet, truth.parquet (every account's role and group) and world.json (how it was made).
    """
    from watchbell.detect.worlds.world import simulate as make  # noqa: PLC0415  # --help starts without its parts

    habits = HABITS if group is None else tuple(_habit(text) for text in group)
    recipe = Recipe(_whole(events), habits, participation, camouflage, fans, sources, wires, topics, days)
    recipe = recipe.null() if null else recipe
    with waiting(f"Making a world of {recipe.events:,} actions"):
        world = make(recipe, seed)
        described = _written(out, world, recipe, seed)
    if as_json:
        print_json({**described, "folder": str(out)})
        return
    roles = ", ".join(f"{count:,} {role}" for role, count in described["accounts"].items())
    typer.echo(f"{described['actions']:,} actions on {described['objects']:,} objects. Accounts: {roles}.")
    typer.echo(f"Written to {out}: actions.parquet, truth.parquet, world.json.")


def _whole(events: float) -> int:
    if events != events // 1 or events == float("inf"):
        raise UsageError(f"--events is a whole number, such as 1e5 or 120000, not {events}.")
    return int(events)


def _habit(text: str) -> Habit:
    found = _HABIT.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{text!r} is no group. Write it as accounts/campaigns/seconds, such as 15/12/30.")
    return Habit(*(int(number) for number in found.groups()))


def _written(folder: Path, world: "World", recipe: Recipe, seed: int) -> dict[str, Any]:
    """Write the world into `folder`, world.json last, and return what that says."""
    import polars as pl  # noqa: PLC0415  # see above

    folder.mkdir(parents=True, exist_ok=True)
    actions = pl.DataFrame(world.actions)
    actions.write_parquet(folder / "actions.parquet")
    world.truth.write_parquet(folder / "truth.parquet")
    described = {
        "watchbell": __version__,
        "seed": seed,
        "recipe": asdict(recipe),
        "actions": actions.height,
        "objects": actions["object_id"].n_unique(),
        "accounts": dict(world.truth.group_by("role").len().sort("role").iter_rows()),
    }
    (folder / "world.json").write_text(json.dumps(described, indent=2) + "\n", "utf-8")
    return described
