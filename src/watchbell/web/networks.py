"""Detected groups: the list, a group's page, and the data of its picture."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from watchbell.desk.networks import MOST_ROWS, Network, groups_of_run, latest_run, names_of, network_of
from watchbell.desk.permissions import Permission
from watchbell.desk.timeline import MARKED_OBJECTS, timeline_of
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import not_found, page
from watchbell.web.words import account

router = APIRouter(dependencies=[needs(Permission.NETWORKS_READ)])
PER_PAGE = 50


@router.get("/desk/networks")
def networks(request: Request, start: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> Response:
    """List the groups of the latest run."""
    run = latest_run(desk_of(request).workspace)
    groups = groups_of_run(run) if run else []
    shown = groups[start : start + PER_PAGE]
    following = start + PER_PAGE if start + PER_PAGE < len(groups) else None
    return page(
        request, "networks.html", run=run, groups=shown, total=len(groups), start=start, following=following
    )  # fmt: skip


@router.get("/desk/networks/{group_id}")
def network(request: Request, group_id: str, thing: Annotated[str | None, Query(alias="object")] = None) -> Response:
    """Show one group; with `object`, its timeline on that object alone."""
    workspace = desk_of(request).workspace
    found = _network(request, group_id)
    members = [member.account_id for member in found.members]
    return page(
        request,
        "network.html",
        network=found,
        names=names_of(workspace, members),
        timeline=timeline_of(workspace, found, thing),
        thing=thing,
        MARKED=MARKED_OBJECTS,
        MOST_ROWS=MOST_ROWS,
    )


@router.get("/desk/networks/{group_id}/picture.json")
def picture(request: Request, group_id: str) -> Response:
    """Return the nodes and edges that the page's script draws."""
    found = _network(request, group_id)
    names = names_of(desk_of(request).workspace, [node.account_id for node in found.picture.nodes])
    nodes: list[dict[str, Any]] = [
        asdict(node) | {"label": account(node.account_id, names)} for node in found.picture.nodes
    ]
    return JSONResponse({"nodes": nodes, "edges": [asdict(edge) for edge in found.picture.edges]})


def _network(request: Request, group_id: str) -> Network:
    run = latest_run(desk_of(request).workspace)
    found = network_of(run, group_id) if run else None
    if found is None:
        raise not_found("The latest run has no such network. A later run may have drawn its groups differently.")
    return found
