"""An investigation: actions in, a run out. A run is a folder of pairs, groups, and how they were found."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from watchbell import __version__
from watchbell.clock import utc_text
from watchbell.desk.investigations.names import NAMES, names_in_posts
from watchbell.detect.actions import actions_of_posts, distinct, joined, traces_named
from watchbell.detect.bursts import shared_within, with_roles
from watchbell.detect.groups import groups_of_pairs
from watchbell.detect.held_out import with_held_out_q
from watchbell.detect.pairs import ThinnedObject, each_window, in_widest, pairs_of_seats
from watchbell.detect.rules.catalogue import rule_named
from watchbell.detect.seats import seats_of
from watchbell.engine.places import HERE, Engine
from watchbell.files import Reject, write_rejects
from watchbell.files.whole import replacing
from watchbell.ids import short_digest

if TYPE_CHECKING:
    from watchbell.vault.workspace import Workspace

CAVEAT = (
    "Accounts in a pair or group are synchronised, no more: news wires, schedulers, campaigns that announce "
    "themselves and people who answer one signal within a minute are too. q_value says what share of the accounts "
    "named up to a pair is there by chance or by a common taste; it is empty where an account acted fewer than five "
    "times."
)
_BATCH_POSTS = 200_000


@dataclass(frozen=True)
class Question:
    """What to look for: which traces, how close in time, how often, and which pairs make groups."""

    by: tuple[str, ...]
    window_s: float | tuple[float, ...]
    """One window or several."""
    min_shared: int
    rule: str = "shared"
    """A name in `detect/rules/`."""
    level: float | None = None
    """The rule's level; its usual one when None."""
    any_dependence: bool = False
    """Whether rates of false discovery shall hold however the tests hang together; see `detect/significance.py`."""
    held_out: bool = False
    """Whether groups are tested on the objects that did not find them; see `detect/held_out.py`."""

    @property
    def parameters(self) -> dict[str, Any]:
        """What was asked, as `run.json` says it."""
        level = rule_named(self.rule).usual if self.level is None else self.level
        narrowest, *wider = each_window(self.window_s)
        window_s = [narrowest, *wider] if wider else narrowest
        return {**asdict(self), "by": list(self.by), "window_s": window_s, "level": level}


@dataclass(frozen=True)
class Findings:
    """What was found in which actions."""

    question: Question
    actions: pa.Table
    pairs: pa.Table
    kept: pa.Table
    """Those of the pairs that the rule keeps: the groups' pairs."""
    groups: pa.Table
    thinned: tuple[ThinnedObject, ...] = ()
    """Objects of which not every action could be counted."""
    memory: int | None = None
    """Bytes that counting was allowed; None where it was done elsewhere."""


def actions_seen(batches: Iterable[pa.Table], by: Sequence[str]) -> pa.Table:
    """Return the actions that the traces named `by` see in batches of posts.

    Raises:
        UsageError: there is no such trace.
    """
    traces = traces_named(by)
    return distinct([actions_of_posts(posts, traces) for posts in batches])


def investigate(actions: pa.Table, question: Question, engine: Engine = HERE) -> Findings:
    """Return all pairs in ACTIONS (or CODED_ACTIONS), and the groups of those that the question's rule keeps.

    Raises:
        UsageError: the question's window, `min_shared`, rule or level cannot be.
    """
    thinned: list[ThinnedObject] = []
    seats = seats_of(actions)
    pairs = pairs_of_seats(
        seats,
        window_s=question.window_s,
        min_shared=question.min_shared,
        engine=engine,
        thinned=thinned,
        any_dependence=question.any_dependence,
    )
    kept = rule_named(question.rule).keep(pl.DataFrame(pairs), actions, question.parameters["level"])
    chosen = pairs.filter(kept.to_arrow())
    groups = with_roles(groups_of_pairs(chosen), chosen, seats)
    if question.held_out:
        groups = with_held_out_q(
            groups, actions, window_s=question.window_s, min_shared=question.min_shared, engine=engine
        )
    return Findings(question, actions, pairs, chosen, groups, tuple(thinned), engine.memory)


def description(findings: Findings, inputs: Sequence[str], rejected: int, now: datetime) -> dict[str, Any]:
    """Return what `run.json` says: the question, what it was asked of, what came out, and what it does not mean."""
    parameters = findings.question.parameters
    return {
        "watchbell": __version__,
        "run_id": _run_id(findings, parameters),
        "at": utc_text(now),
        "parameters": parameters,
        "inputs": list(inputs),
        "counts": {
            "actions": findings.actions.num_rows,
            "accounts": _distinct(findings.actions["account_id"]),
            "objects": _distinct(findings.actions["object_id"]),
            "pairs": in_widest(pl.DataFrame(findings.pairs)).height,
            "kept_pairs": in_widest(pl.DataFrame(findings.kept)).height,
            "groups": len(findings.groups["group_id"].unique()),
            "grouped_accounts": findings.groups.num_rows,
            "rejected_rows": rejected,
        },
        "memory_bytes": findings.memory,
        "thinned": [each._asdict() for each in findings.thinned],
        "caveat": CAVEAT,
    }


def _distinct(ids: pa.ChunkedArray) -> int:
    """Return how many different ids there are; of coded ones, codes are compared, which is many times quicker."""
    if pa.types.is_dictionary(ids.type):
        return pl.concat([pl.Series(chunk.indices) for chunk in ids.unify_dictionaries().chunks]).n_unique()
    return len(ids.unique())


def thinned_said(described: dict[str, Any]) -> list[str]:
    """Return a sentence on each object of which a run, described as `run.json` has it, did not count every action."""
    return [
        f"So many acted at once on {each['object_id']} ({each['by']}) that {each['kept']:,} of its {each['actions']:,} "
        f"actions were looked at: each post pair on it stands for {each['factor']:,}, and pairs that met on little "
        "else may be missing. More memory looks at more of them."
        for each in described.get("thinned", ())
    ]


def _run_id(findings: Findings, parameters: dict[str, Any]) -> str:
    """Return the run's id: the same answer to the same question has the same one."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, findings.pairs.schema) as stream:
        stream.write_table(findings.pairs.combine_chunks())
    answer = hashlib.sha256(sink.getvalue()).hexdigest()
    return f"run-{short_digest(json.dumps(parameters), str(findings.actions.num_rows), answer)}"


def write_run(folder: Path, findings: Findings, described: dict[str, Any], rejects: Iterable[Reject] = ()) -> None:
    """Write `pairs.parquet`, `groups.parquet`, `rejects.jsonl` (if any) and, last, `run.json` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / "pairs.parquet", findings.pairs)
    _replace(folder / "groups.parquet", findings.groups)
    write_rejects(folder / "rejects.jsonl", rejects)
    with replacing(folder / "run.json") as part:
        part.write_text(json.dumps(described, indent=2) + "\n", "utf-8")


def _replace(path: Path, table: pa.Table) -> None:
    with replacing(path) as part:
        pq.write_table(table, part, compression="zstd")


def investigate_workspace(
    workspace: "Workspace", question: Question, now: datetime, engine: Engine = HERE
) -> tuple[Findings, dict[str, Any]]:
    """Ask the question of all the workspace's posts, and keep the run there.

    Returns:
        The findings, and the run's description.
    """
    findings = investigate(joined(actions_seen(_posts(workspace), question.by)), question, engine)
    described = description(findings, [str(workspace.root)], 0, now)
    described["reading"] = {"workspace": {}}
    keep_run(workspace, findings, described, now)
    names = names_in_posts(workspace, findings.groups["account_id"].unique().to_pylist())
    _replace(workspace.runs / described["run_id"] / NAMES, names.to_arrow())
    return findings, described


def keep_run(workspace: "Workspace", findings: Findings, described: dict[str, Any], now: datetime) -> None:
    """Keep a run of a workspace's posts there, with what its groups did together: pages show it at once."""
    folder = workspace.runs / described["run_id"]
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / "actions.parquet", shared_within(findings.groups, findings.actions))
    write_run(folder, findings, described)
    workspace.vault.runs.put(described["run_id"], now, described)


def _posts(workspace: "Workspace") -> Iterator[pa.Table]:
    return workspace.posts.batches(rows=_BATCH_POSTS)
