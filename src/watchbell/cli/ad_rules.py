"""`watchbell ads rules`: an operator's own rules on ads."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from watchbell.ads.rules.house_rules import HouseRules
from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.cli.screen import console
from watchbell.desk.ads.rules import DryRun, dry_run

app = typer.Typer(no_args_is_help=True, help="Try your own rules on ads.")


@app.callback()
def _group() -> None:
    """Try your own rules on ads."""


@app.command(name="test")
def try_out(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Rules in YAML, one CEL expression each.")],
    *,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what rules would have decided on the library as it stands; nothing is changed.

    `ads import` and `ads review` use them with `--rules`.
    """
    rules = HouseRules.read(file)
    with open_workspace(workspace) as opened, waiting("library"):
        run = dry_run(opened.vault, rules)
    if as_json:
        print_json(
            {
                "version": rules.version,
                "ads": run.ads,
                "undecided": run.undecided,
                "touched": {rule.code: run.touched[rule.code] for rule in rules.rules},
                "changes": [{"from": old, "to": new, "ads": ads} for (old, new), ads in run.changes.items()],
                "examples": run.examples,
            }
        )
        return
    console.print(_table(rules, run))
    for (old, new), ads in run.changes.items():
        console.say(f"{ads:,} of {run.ads:,} ads would go from {old} to {new}.")
    if not run.changes:
        console.say(f"Of {run.ads:,} ads none would be decided otherwise.")
    if run.undecided:
        console.say(f"{run.undecided:,} ads were never reviewed and not asked about.")


def _table(rules: HouseRules, run: DryRun) -> Table:
    table = Table("Rule", "Title", "Verdict", "Ads", "Such as")
    table.columns[3].justify = "right"
    for rule in rules.rules:
        examples = ", ".join(run.examples.get(rule.code, []))
        table.add_row(rule.code, rule.title, rule.verdict.value, f"{run.touched[rule.code]:,}", examples)
    return table
