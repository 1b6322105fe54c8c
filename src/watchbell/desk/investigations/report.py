"""A run as one page that stands alone: no outside request, no script, and readable years from now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import Element

import polars as pl

from watchbell.desk.cases.pieces import counted
from watchbell.desk.investigations.investigate import thinned_said
from watchbell.desk.investigations.networks import MOST_EDGES, MOST_NODES, Member, draw, members_of, role_said
from watchbell.desk.investigations.runs import KeptRun
from watchbell.desk.pictures.drawing import COLOURS, dot_svg, key_svg, network_svg, timeline_svg
from watchbell.desk.pictures.elements import moment, name, table, tag
from watchbell.desk.pictures.page_alone import page_alone
from watchbell.desk.pictures.timeline import Timeline, lay_out
from watchbell.detect.facts import GroupFacts
from watchbell.detect.pairs import each_window, in_widest
from watchbell.detect.platforms import by_platforms
from watchbell.detect.traces.catalogue import TRACES

MOST_GROUPS = 20
"""Groups with a section of their own; all are counted."""
_MOST_ROWS = 25
_THINGS = 12
_MOST_NAMES = 10
# Two dots and a line say nothing that the tables do not.
_A_PAIR = 2


@dataclass(frozen=True)
class _Group:
    number: int
    group_id: str
    members: tuple[Member, ...]
    pairs: pl.DataFrame


@dataclass(frozen=True)
class Background:
    """What a report tells from the posts that a run was made of."""

    actions: pl.DataFrame
    """ACTIONS."""
    facts: Mapping[str, GroupFacts]
    """By group."""


def report(run: KeptRun, background: Background | None, why_none: str = "") -> str:
    """Return the page.

    Args:
        run: the run.
        background: for timelines and facts; None where what the run was made of cannot be had.
        why_none: a sentence on why it cannot.
    """
    inside = pairs_inside(run)
    groups = list(_groups(run, inside))
    declared = {name_ for name_, facts in background.facts.items() if facts.declared} if background else set()
    body = tag(
        "main",
        _summary(run),
        _overview(run, inside),
        *(_section(group, background, why_none) for group in groups if group.group_id not in declared),
        _declared_heading() if declared else None,
        *(_section(group, background, why_none) for group in groups if group.group_id in declared),
        _parameters(run),
        _limits(run),
        _citation(run),
    )
    return page_alone(f"Watchbell: {run.described['run_id']}", body)


def pairs_inside(run: KeptRun) -> pl.DataFrame:
    """Return the run's pairs whose two accounts are in one group, each once, with its `group_id`."""
    home = run.groups.lazy().select("account_id", "group_id")
    return in_widest(
        run.pairs.join(home, left_on="account_a", right_on="account_id")
        .join(home, left_on=["account_b", "group_id"], right_on=["account_id", "group_id"])
        .sort(["objects", "post_pairs", "account_a", "account_b"], descending=[True, True, False, False])
        .collect()
    )


def network_of_run(run: KeptRun, inside: pl.DataFrame) -> Element | None:
    """Draw the largest groups that fit into one picture; None where there is no group."""
    sizes = _sizes(run)
    fitting = sizes.filter((pl.col("len").cum_sum() <= MOST_NODES) | (pl.col("rank") == 0))
    groups = run.groups.join(fitting.select("group_id", "rank"), on="group_id")
    if groups.is_empty():
        return None
    pairs = inside.join(fitting.select("group_id"), on="group_id", how="semi")
    colours = dict(groups.select("account_id", "rank").iter_rows())
    picture = draw(members_of(groups.drop("rank"), pairs), pairs)
    return network_svg(picture, f"Network of {groups.height:,} accounts", colours)


def _sizes(run: KeptRun) -> pl.DataFrame:
    """Return `group_id`, `len` and `rank` of each group, the largest first, as `groups.parquet` orders them."""
    return (
        run.groups.group_by("group_id", maintain_order=True)
        .len()
        .sort("len", "group_id", descending=[True, False])
        .with_row_index("rank")
    )


def _groups(run: KeptRun, inside: pl.DataFrame) -> Iterator[_Group]:
    for rank, group_id, _ in _sizes(run).head(MOST_GROUPS).iter_rows():
        pairs = inside.filter(pl.col("group_id") == group_id)
        yield _Group(rank + 1, group_id, members_of(run.groups.filter(pl.col("group_id") == group_id), pairs), pairs)


def _summary(run: KeptRun) -> Element:
    counts = run.described["counts"]
    return tag(
        "header",
        tag("h1", "Accounts that acted at the same time"),
        tag(
            "p",
            f"{counted(counts['groups'], 'group')} of {counted(counts['grouped_accounts'], 'account')} and "
            f"{counted(counts['pairs'], 'pair')}, found among {counted(counts['accounts'], 'account')} and "
            f"{counted(counts['actions'], 'action')}.",
            class_="lead",
        ),
        tag(
            "p",
            tag("strong", "Synchronised is not yet coordinated."),
            " News wires, fan clubs, schedulers and campaigns that announce themselves act at the same time too. "
            "Nothing here says who is behind an account. Do not publish an account's name on the strength of this page "
            "alone: look at the posts, and ask what else could explain them.",
            class_="note",
        ),
    )


def _overview(run: KeptRun, inside: pl.DataFrame) -> Element:
    picture = network_of_run(run, inside)
    if picture is None:
        return tag("section", tag("h2", "Groups"), tag("p", "No group was found."))
    spans = run.groups.group_by("group_id").agg(
        pl.col("by").explode().unique().sort(), pl.col("first_at").min(), pl.col("last_at").max()
    )
    pairs = inside.group_by("group_id").len("pairs")
    facts = _sizes(run).join(spans, on="group_id", maintain_order="left").join(pairs, on="group_id", how="left")
    rows: list[list[Element | str]] = [
        [
            tag("span", dot_svg(row["rank"]), f" {row['rank'] + 1}"),
            name(row["group_id"]),
            f"{row['len']:,}",
            f"{row['pairs'] or 0:,}",
            ", ".join(row["by"]),
            moment(row["first_at"]),
            moment(row["last_at"]),
        ]
        for row in facts.sort("rank").iter_rows(named=True)
    ]
    heads = ["Group", "Id", "Accounts", "Pairs", "By", "First", "Last (UTC)"]
    said = (
        "Each dot is an account, larger the more of its group's co-actions touch it; lines join accounts that acted "
        f"alike. The largest groups are drawn, up to {MOST_NODES} accounts and their {MOST_EDGES:,} heaviest pairs; "
        f"the {COLOURS} largest have colours of their own. The table has all groups."
    )
    return tag(
        "section",
        tag("h2", "Groups"),
        tag("figure", picture, tag("figcaption", said)),
        table("All groups, the largest first", heads, rows, (2, 3)),
        _platforms(inside),
    )


def _platforms(inside: pl.DataFrame) -> Element | None:
    """Count the pairs inside groups by platform; None where there is only one."""
    spread = by_platforms(inside)
    if spread.height == 1:
        return None
    rows: list[list[Element | str]] = [
        [name(row[0]), *(f"{count:,}" for count in row[1:])] for row in spread.iter_rows()
    ]
    heads = ["Between accounts of", "Pairs", "Accounts", "Post pairs"]
    return table("Pairs inside groups, within and across platforms", heads, rows, (1, 2, 3))


def _section(group: _Group, background: Background | None, why_none: str) -> Element:
    said = f"Network of group {group.number}"
    members: list[list[Element | str]] = [
        [
            name(member.account_id),
            role_said(member.role, member.opened, member.bursts),
            f"{member.score:.1%}",
            f"{member.pairs:,}",
            *map(moment, (member.first_at, member.last_at)),
        ]
        for member in group.members[:_MOST_ROWS]
    ]
    return tag(
        "section",
        tag("h2", f"Group {group.number}: {len(group.members):,} accounts"),
        tag("p", name(group.group_id), class_="muted"),
        None if len(group.members) == _A_PAIR else tag("figure", network_svg(draw(group.members, group.pairs), said)),
        *([tag("p", why_none, class_="muted")] if background is None else _told(group, background)),
        table(
            f"Accounts of group {group.number}{_first_of(len(members), len(group.members))}",
            ["Account", "Role", "Share of co-actions", "Acts like", "First", "Last (UTC)"],
            members,
            (2, 3),
        ),
        _pairs_table(group),
    )


def _declared_heading() -> Element:
    said = (
        "Every account of the groups below is one that a list of declared outlets names. They act together openly, and "
        "stand apart for that."
    )
    return tag("section", tag("h2", "Groups of declared outlets"), tag("p", said))


def _told(group: _Group, background: Background) -> Iterator[Element]:
    facts = background.facts[group.group_id]
    if facts.declared:
        yield tag("p", "Every account is a declared outlet's: they act together openly.", class_="note")
    yield tag("dl", *(tag("div", tag("dt", what), tag("dd", said)) for what, said in _facts(facts)))
    yield tag("h3", "Timeline")
    yield from _times(group, background.actions)


def _facts(facts: GroupFacts) -> Iterator[tuple[str, Element | str]]:
    if facts.platforms:
        across = f"; {facts.across:,} of {facts.pairs:,} pairs are across platforms" if facts.across else ""
        yield "Platforms", ", ".join(facts.platforms) + across
    if facts.tempo_s is not None:
        yield "Tempo", f"{facts.tempo_s:g} s from one account to the next, in {facts.bursts:,} bursts"
    if seeders := [member.account_id for member in facts.members if member.role == "seeder"]:
        yield "Tend to act first", name(", ".join(seeders[:_MOST_NAMES]) + (" …" if len(seeders) > _MOST_NAMES else ""))
    if outlets := sorted({member.outlet for member in facts.members if member.outlet}):
        yield "Declared outlets among them", name(", ".join(outlets))
    if facts.judged:
        yield "Rhythm looks automated", f"{facts.automated:,} of {facts.judged:,} accounts that can be judged"
    if facts.languages:
        yield "Languages", ", ".join(f"{each.lang} ({each.posts:,} posts)" for each in facts.languages[:_MOST_NAMES])
    yield "Found again from other seeds", f"{facts.stability.seeds:.0%}"
    yield "Found again on either half of the things", f"{facts.stability.halves:.0%}"
    if facts.stability.held_out_q is not None:
        yield "Confirmed on the half that did not find it", f"q = {facts.stability.held_out_q:.2g}"
    for technique in facts.techniques:
        yield f"Resembles DISARM {technique.disarm_id}", f"{technique.name}: {technique.reason}"


def _times(group: _Group, actions: pl.DataFrame) -> Iterator[Element]:
    accounts = [member.account_id for member in group.members]
    timeline = lay_out(actions.filter(pl.col("account_id").is_in(accounts)), accounts)
    if timeline is None:
        yield tag("p", "No two of them acted on the same thing in what the run's inputs now hold.", class_="muted")
        return
    said = f"Timeline of group {group.number}"
    yield tag("div", timeline_svg(timeline), class_="wide", tabindex="0", role="region", aria_label=said)
    if timeline.not_drawn:
        yield tag("p", f"{timeline.not_drawn:,} more actions on shared things are not drawn.", class_="muted")
    yield _things(group, timeline)


def _things(group: _Group, timeline: Timeline) -> Element:
    rows: list[list[Element | str]] = [
        [
            key_svg(thing.rank),
            name(thing.object_id[:300]),
            thing.kind,
            f"{thing.accounts:,}",
            f"{thing.actions:,}",
            moment(thing.first_at),
            _length(thing.spread),
        ]
        for thing in timeline.objects[:_THINGS]
    ]
    caption = f"What group {group.number} shared{_first_of(len(rows), timeline.shared)}"
    heads = ["Mark", "Thing", "By", "Accounts", "Actions", "First (UTC)", "All within"]
    return table(caption, heads, rows, (3, 4, 6))


def _pairs_table(group: _Group) -> Element:
    rows: list[list[Element | str]] = [
        [
            name(row["account_a"]),
            name(row["account_b"]),
            row["by"],
            f"{row['objects']:,}",
            f"{row['post_pairs']:,}",
            f"{row['median_gap_s']:g} s",
            _figure(row["expected"]),
            _figure(row["q_value"]),
        ]
        for row in group.pairs.head(_MOST_ROWS).iter_rows(named=True)
    ]
    caption = f"Pairs of group {group.number}{_first_of(len(rows), group.pairs.height)}"
    heads = ["Account", "Account", "By", "Things", "Post pairs", "Median gap", "By chance", "q"]
    return table(caption, heads, rows, (3, 4, 5, 6, 7))


def _parameters(run: KeptRun) -> Element:
    described = run.described
    asked = {
        **described["parameters"],
        "inputs": described.get("inputs", []),
        "at": described.get("at", ""),
        "watchbell": described.get("watchbell", ""),
        **{name_: f"{count:,}" for name_, count in described["counts"].items()},
    }
    rows: list[list[Element | str]] = [[key, name(_words(value))] for key, value in asked.items()]
    used = [
        tag("li", f"{trace}: they {TRACES[trace].did}") for trace in described["parameters"]["by"] if trace in TRACES
    ]
    return tag(
        "section",
        tag("h2", "How it was found"),
        tag("ul", *used) if used else None,
        table("What was asked, of what, and how much there was", ["", "Value"], rows),
    )


def _limits(run: KeptRun) -> Element:
    rejected = run.described["counts"].get("rejected_rows", 0)
    lines = [
        run.described.get("caveat"),
        "Whoever acts together outside the window, or on things that no trace sees, is not here.",
        "Groups are communities of a network, not memberships: an account at the edge may belong elsewhere.",
        f"{rejected:,} rows of the input could not be used and were left out." if rejected else None,
        *thinned_said(run.described),
    ]
    return tag("section", tag("h2", "Limits"), tag("ul", *(tag("li", line) for line in lines if line)))


def _citation(run: KeptRun) -> Element:
    described = run.described
    return tag(
        "section",
        tag("h2", "How to cite"),
        tag(
            "p",
            f"Watchbell {described.get('watchbell', '')}, {described['run_id']}, {described.get('at', '')}. "
            f"Traces {', '.join(described['parameters']['by'])}; window {_windows(described['parameters'])}; "
            f"at least {described['parameters']['min_shared']} post pairs{_rule(described['parameters'])}.",
        ),
        tag(
            "p",
            "Groups: Traag, Waltman and van Eck, From Louvain to Leiden, Scientific Reports 9, 5233 (2019). The same "
            "input and the same parameters give the same run id.",
            class_="muted",
        ),
    )


def _windows(parameters: dict[str, Any]) -> str:
    return ", ".join(f"{window_s:g} s" for window_s in each_window(parameters["window_s"]))


def _rule(parameters: dict[str, Any]) -> str:
    """Return which pairs made groups; a run of old does not say it, for it had no choice."""
    if "rule" not in parameters:
        return ""
    level = parameters.get("level")
    return f"; rule {parameters['rule']}" + ("" if level is None else f" at level {level:g}")


def _first_of(shown: int, every: int) -> str:
    return f": the first {shown:,} of {every:,}" if shown < every else ""


def _figure(value: float | None) -> str:
    return "not tested" if value is None else f"{value:.2g}"


def _length(span: timedelta) -> str:
    return f"{span.total_seconds():,.0f} s" if span < timedelta(hours=1) else str(span).partition(".")[0]


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
