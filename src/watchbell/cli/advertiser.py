"""`watchbell advertiser`: let advertisers show who they are, and say whether their ads may run."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from watchbell.ads.advertisers.authorization import Standing
from watchbell.ads.advertisers.evidence.address import Address
from watchbell.ads.advertisers.evidence.government import GovernmentDomains
from watchbell.ads.payers.register import Register
from watchbell.cli import ad_notice, advertiser_ads, advertiser_person, appeal, payer_disclaimer
from watchbell.cli.advertiser_options import RoutesOption, Who, office_of
from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.accounts import COMMAND_LINE, at_command_line
from watchbell.desk.advertisers.authorizations import decide_evidence
from watchbell.desk.advertisers.evidence_checks import Shown
from watchbell.desk.advertisers.identity_key import IdentityKey
from watchbell.desk.advertisers.registers import looked_up
from watchbell.desk.advertisers.steps import (
    add_advertiser,
    advertiser_named,
    confirm,
    confirm_website,
    drafted_advertiser,
    give,
    see_document,
    status,
    waiting_evidence,
)
from watchbell.desk.advertisers.timekeeping import keep_time
from watchbell.desk.advertisers.website_marks import WELL_KNOWN, published_marks
from watchbell.errors import InputError, NotSentError, UsageError
from watchbell.model.advertisers import Advertiser, Evidence, EvidenceKind, EvidenceVerdict, Finding

app = typer.Typer(no_args_is_help=True, help="Let advertisers show who they are, and say whether their ads may run.")

StepArgument = Annotated[str, typer.Argument(metavar="STEP", help="A step of the route, such as identity.")]
_MOST_BYTES = 20 * 1024 * 1024
_WITH_LINES = frozenset({EvidenceKind.PASSPORT, EvidenceKind.IDENTITY_CARD})
app.add_typer(payer_disclaimer.app, name="disclaimer")
app.add_typer(advertiser_ads.app, name="account")
app.add_typer(appeal.app, name="appeal")
app.add_typer(ad_notice.app, name="notice")
app.add_typer(advertiser_person.app, name="person")


@app.callback()
def _group() -> None:
    """Let advertisers show who they are, and say whether their ads may run."""


@app.command()
def key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the key goes; not into the workspace.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Make the key that encrypts identity documents; name it in the setting identity_key_file."""
    IdentityKey.make(file)
    if as_json:
        print_json({"key": str(file)})
        return
    typer.echo(f"The key is in {file}. Without it no document can be read and no code be entered: keep a copy apart.")


@app.command()
def add(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Legal name, as on the identity document.")],
    *,
    email: Annotated[str, typer.Option(help="Where notices go.")],
    route: Annotated[str, typer.Option(help="Which way they take; a wrong one lists all.")],
    organisation: Annotated[str | None, typer.Option(help="Who pays, if not the person.")] = None,
    jurisdiction: Annotated[str, typer.Option(metavar="CODE", help="Whose rules apply: US, EU, GB, CA.")] = "US",
    routes: RoutesOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add an advertiser and say what they must show."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        office = office_of(opened, routes)
        told = {"person": person, "email": email, "organisation": organisation}
        advertiser = drafted_advertiser(told | {"jurisdiction": jurisdiction, "route": route}, now)
        add_advertiser(office, advertiser, by=COMMAND_LINE)
        found = status(office, advertiser, now)
    _print_standing(advertiser, found, as_json=as_json)


@app.command()
def show(
    advertiser: Annotated[str | None, typer.Argument(metavar="ADVERTISER", help="Id, organisation or person.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an advertiser and all that they gave, or list the advertisers."""
    with open_workspace(workspace) as opened:
        vault = opened.vault
        if advertiser is None:
            _print_list(vault.advertisers.all(), as_json=as_json)
            return
        found = advertiser_named(vault, advertiser)
        given = vault.advertisers.evidence(found.id)
    if as_json:
        print_json(found.model_dump(mode="json") | {"evidence": [one.model_dump(mode="json") for one in given]})
        return
    console.say(f"{found.organisation or found.person}, {found.jurisdiction}, route {found.route}: {found.id}")
    table = Table("step", "evidence", "verdict", "reason", "given", "by")
    for one in given:
        table.add_row(one.step, one.kind, one.verdict, one.reason, f"{one.given_at:%Y-%m-%d}", one.decided_by or "")
    console.print(table)


@app.command()
def evidence(
    advertiser: Who,
    step: StepArgument,
    kind: Annotated[EvidenceKind, typer.Option(help="What is shown.")],
    *,
    text: Annotated[
        str, typer.Option(help="A number, an id, a website, an e-mail address, or the title of a document.")
    ] = "",
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A picture or scan; of a passport or identity card also its lines as text."),
    ] = None,
    email: Annotated[str, typer.Option(help="The e-mail address beside a governmental website.")] = "",
    address: Annotated[
        tuple[str, str, str, str] | None,
        typer.Option(metavar="STREET CITY REGION POSTCODE", help="The address; '' where there is no region."),
    ] = None,
    country: Annotated[str, typer.Option(metavar="CODE", help="The country of the address.")] = "US",
    register: Annotated[Path | None, typer.Option(metavar="FILE", help="FEC committee master (cm26.txt).")] = None,
    candidates: Annotated[Path | None, typer.Option(metavar="FILE", help="FEC candidate master (cn26.txt).")] = None,
    domains: Annotated[Path | None, typer.Option(metavar="FILE", help="Registry of .gov domains.")] = None,
    routes: RoutesOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in what an advertiser shows for a step, and send the code that it needs."""
    now = system_clock()
    document = _read(file) if file else b""
    shown = Shown(
        kind=kind,
        text=text or (document.decode("ascii") if kind in _WITH_LINES and document.isascii() else ""),
        email=email,
        document=document,
        address=_address(address, country) if address else None,
        register=_register(register, candidates),
        domains=GovernmentDomains.read(domains) if domains else None,
    )
    with open_workspace(workspace) as opened:
        office = office_of(opened, routes)
        who, shown = advertiser_named(opened.vault, advertiser), looked_up(shown, office.settings)
        receipt = give(office, who, step, shown, by=COMMAND_LINE, now=now)
    if receipt.publish and not as_json:
        facts = receipt.evidence.facts
        console.say(f"To be published as a TXT record of {facts['domain']}, or as https://{facts['host']}{WELL_KNOWN}:")
        console.say(receipt.publish)
    _print_evidence(receipt.evidence, as_json=as_json, publish=receipt.publish)


@app.command("confirm")
def confirm_(
    advertiser: Who,
    step: StepArgument,
    *,
    code: Annotated[str | None, typer.Option(help="The code that came back; of a website, leave it out.")] = None,
    resolver: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="Name servers to ask, instead of this machine's.")
    ] = None,
    routes: RoutesOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter a code that was sent, or look for the one that a website publishes."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        office = office_of(opened, routes)
        who = advertiser_named(opened.vault, advertiser)
        if code is None:
            settled = confirm_website(office, who, step, lambda website: published_marks(website, resolver or ()), now)
        else:
            settled = confirm(office, who, step, code, now=now)
    _print_evidence(settled, as_json=as_json)


@app.command("decide")
def decide_(
    advertiser: Who,
    step: StepArgument,
    *,
    accept: Annotated[bool, typer.Option("--accept/--refuse", help="Whether it shows what it must.")],
    reason: Annotated[str, typer.Option(help="Why; the advertiser is told.")],
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day on which the document is good.")
    ] = None,
    routes: RoutesOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide evidence that waits for a person."""
    now = system_clock()
    verdict = EvidenceVerdict.ACCEPTED if accept else EvidenceVerdict.REFUSED
    finding = Finding(verdict=verdict, reason=reason, expires_on=expires.date() if expires else None)
    with open_workspace(workspace) as opened:
        office, who = office_of(opened, routes), advertiser_named(opened.vault, advertiser)
        waits = waiting_evidence(office, who, step)
        settled = decide_evidence(office, who, waits, finding, by=at_command_line(opened.vault, now), now=now)
    _print_evidence(settled, as_json=as_json)


@app.command()
def document(
    advertiser: Who,
    step: StepArgument,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where it goes, for your eyes only.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decrypt the document that waits for a person. That you saw it is written into the ledger."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        who = advertiser_named(opened.vault, advertiser)
        by = at_command_line(opened.vault, now)
        seen = see_document(office_of(opened, None), who, step, by=by, now=now)
    try:
        out.touch(mode=0o600, exist_ok=False)
        out.write_bytes(seen)
    except OSError as error:
        raise UsageError(f"The document cannot be written to {out}: {error.strerror}.") from error
    if as_json:
        print_json({"document": str(out), "bytes": len(seen)})
        return
    typer.echo(f"The document is in {out}. Delete it when you have decided.")


@app.command("status")
def status_(
    advertiser: Who,
    routes: RoutesOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether an advertiser's ads may run, until when, and what is missing."""
    with open_workspace(workspace) as opened:
        found = advertiser_named(opened.vault, advertiser)
        standing = status(office_of(opened, routes), found, system_clock())
    _print_standing(found, standing, as_json=as_json)


@app.command()
def expire(routes: RoutesOption = None, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Note who is paused, tell those whose evidence lapses soon, delete old documents. Run it every day."""
    with open_workspace(workspace) as opened:
        kept = keep_time(office_of(opened, routes), system_clock())
    if as_json:
        print_json(kept._asdict())
    else:
        console.say(f"{len(kept.changed):,} changed, {kept.told:,} told, {kept.deleted:,} documents deleted.")
    if kept.untold:
        told = "; ".join(f"{one}: {why}" for one, why in kept.untold.items())
        raise NotSentError(f"Not told this time, and tried again the next: {told}")


for _more in (advertiser_ads.queue, advertiser_ads.ads, advertiser_ads.link):
    app.command()(_more)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error
    if len(content) > _MOST_BYTES:
        raise InputError(f"{file} is larger than 20 MB.")
    return content


def _address(parts: tuple[str, str, str, str], country: str) -> Address:
    street, city, region, postal_code = parts
    try:
        return Address(street=street, city=city, region=region, postal_code=postal_code, country=country)
    except ValueError as error:
        raise UsageError("A part of the address is too long, or the country is not two letters such as US.") from error


def _register(path: Path | None, candidates: Path | None) -> Register | None:
    if path is None:
        return None
    register = Register.read(path)
    if candidates is not None:
        register.read_candidates(candidates)
    return register


def _print_list(found: list[Advertiser], *, as_json: bool) -> None:
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    table = Table("advertiser", "person", "jurisdiction", "route", "id")
    for one in found:
        table.add_row(one.organisation or one.person, one.person, one.jurisdiction, one.route, one.id)
    console.print(table)


def _print_evidence(found: Evidence, *, as_json: bool, publish: str | None = None) -> None:
    if as_json:
        print_json(found.model_dump(mode="json") | ({"publish": publish} if publish else {}))
        return
    console.say(f"{found.step}: {found.verdict}. {found.reason}")


def _print_standing(advertiser: Advertiser, found: Standing, *, as_json: bool) -> None:
    if as_json:
        told: dict[str, Any] = {"advertiser_id": advertiser.id, "may_run": found.may_run}
        print_json(told | found.model_dump(mode="json"))
        return
    until = f" until {found.until:%Y-%m-%d}" if found.until else ""
    console.say(f"{advertiser.organisation or advertiser.person}: {found.state}{until}.")
    if found.label:
        console.say(f"Ads show: {found.label}")
    table = Table("step", "state", "reason")
    for step in found.steps:
        table.add_row(step.step, step.state, step.reason)
    console.print(table)
