"""Detected groups: the list, a page and picture of each, the posts behind a pair, and groups through time."""

from dataclasses import asdict
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from watchbell.desk.investigations.explain import Explanation, explain_in_run
from watchbell.desk.investigations.following import counted_lineages, followed
from watchbell.desk.investigations.group_facts import facts_at_desk
from watchbell.desk.investigations.names import names_of
from watchbell.desk.investigations.networks import (
    MOST_ROWS,
    Network,
    groups_of_run,
    latest_run,
    network_of,
    run_named,
    texts_of,
)
from watchbell.desk.investigations.series import latest_series
from watchbell.desk.permissions import Permission
from watchbell.desk.pictures.elements import html
from watchbell.desk.pictures.lineages import MOST_ROWS as MOST_LINEAGES
from watchbell.desk.pictures.lineages import lineages_svg
from watchbell.desk.pictures.timeline import MARKED_OBJECTS, timeline_of
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import not_found, page
from watchbell.web.words import account

router = APIRouter(dependencies=[needs(Permission.NETWORKS_READ)])
PER_PAGE = 50
# What is told of a group through time: more is in `watchbell detect follow --json`.
MOST_TOLD = 60

RunId = Annotated[str | None, Query(alias="run", max_length=80)]
Start = Annotated[int, Query(ge=0, le=10_000_000)]


@router.get("/desk/networks")
def networks(request: Request, start: Start = 0) -> Response:
    """List the groups of the latest run."""
    run = latest_run(desk_of(request).workspace)
    groups = groups_of_run(run) if run else []
    shown = groups[start : start + PER_PAGE]
    following = start + PER_PAGE if start + PER_PAGE < len(groups) else None
    return page(
        request, "networks.html", run=run, groups=shown, total=len(groups), start=start, following=following
    )  # fmt: skip


@router.get("/desk/networks/over-time")
def over_time(request: Request) -> Response:
    """Show what became of the groups of each period in the next."""
    runs = latest_series(desk_of(request).workspace)
    found = followed(runs) if len(runs) > 1 else None
    return page(
        request,
        "over_time.html",
        found=found,
        asked=runs[0].described["parameters"] if found else None,
        picture=Markup(html(lineages_svg(found))) if found else None,  # noqa: S704  # made of elements, which escape
        told=found.longest()[:MOST_TOLD] if found else [],
        counted_lineages=counted_lineages,
        MOST_DRAWN=MOST_LINEAGES,
    )


@router.get("/desk/networks/{group_id}")
def network(
    request: Request, group_id: str, thing: Annotated[str | None, Query(alias="object")] = None, run_id: RunId = None
) -> Response:
    """Show one group; with `object`, its timeline on that object alone; with `run`, as that run has it."""
    workspace = desk_of(request).workspace
    found = _network(request, group_id, run_id)
    members = [member.account_id for member in found.members]
    return page(
        request,
        "network.html",
        network=found,
        names=names_of(workspace, members, found.run.folder),
        facts=facts_at_desk(workspace, found),
        timeline=timeline_of(found, thing),
        thing=thing,
        run_id=run_id,
        MARKED=MARKED_OBJECTS,
        MOST_ROWS=MOST_ROWS,
    )


@router.get("/desk/networks/{group_id}/picture.json")
def picture(request: Request, group_id: str, run_id: RunId = None) -> Response:
    """Return the nodes and edges that the page's script draws."""
    found = _network(request, group_id, run_id)
    names = names_of(desk_of(request).workspace, [node.account_id for node in found.picture.nodes], found.run.folder)
    nodes: list[dict[str, Any]] = [
        asdict(node) | {"label": account(node.account_id, names)} for node in found.picture.nodes
    ]
    return JSONResponse({"nodes": nodes, "edges": [asdict(edge) for edge in found.picture.edges]})


@router.get("/desk/networks/{group_id}/pair")
def pair(
    request: Request,
    group_id: str,
    one: Annotated[str, Query(alias="a", max_length=500)],
    other: Annotated[str, Query(alias="b", max_length=500)],
    run_id: RunId = None,
    start: Start = 0,
) -> Response:
    """Show the posts behind a pair of accounts of a group, side by side with the gap between them."""
    workspace = desk_of(request).workspace
    found = _network(request, group_id, run_id)
    if not {one, other} <= {member.account_id for member in found.members}:
        raise not_found("The network has no such pair of accounts.")
    explained = explain_in_run(found, one, other)
    shown = explained.evidence.slice(start, PER_PAGE)
    return page(
        request,
        "pair.html",
        network=found,
        explained=explained,
        names=names_of(workspace, [one, other], found.run.folder),
        rows=shown.to_dicts(),
        texts=texts_of(workspace, _acts_behind(explained, shown)),
        start=start,
        following=start + PER_PAGE if start + PER_PAGE < explained.evidence.height else None,
        run_id=run_id,
    )


def _acts_behind(explained: Explanation, evidence: pl.DataFrame) -> pl.DataFrame:
    """Return who acted when in some rows of the evidence: columns `account_id` and `at`."""
    sides = {"a": explained.account_a, "b": explained.account_b}
    return pl.concat(
        evidence.select(account_id=pl.lit(account), at=pl.col(f"at_{side}")) for side, account in sides.items()
    )


def _network(request: Request, group_id: str, run_id: str | None) -> Network:
    workspace = desk_of(request).workspace
    run = latest_run(workspace) if run_id is None else run_named(workspace, run_id)
    found = network_of(run, group_id) if run else None
    if found is None:
        raise not_found("The latest run has no such network. A later run may have drawn its groups differently.")
    return found
