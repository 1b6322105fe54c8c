"""The routes to authorization as data: one file a jurisdiction, so that another country is a file and no code."""

from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from pathlib import Path

from pydantic import Field, model_validator

from watchbell.ads.written import record_of, text_in, yaml_in
from watchbell.errors import UsageError
from watchbell.model.advertisers import EvidenceKind
from watchbell.model.record import Record


class Step(Record):
    """One thing that must be shown."""

    title: str
    accepts: tuple[EvidenceKind, ...] = Field(min_length=1)
    """Any one of these will do."""
    source: str
    """The law, or the platform's rule, that asks for it."""
    country: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    """Where an address must be."""
    valid_days: int | None = Field(default=None, ge=1)
    """For how long evidence holds; None, until the document itself expires."""
    notice_days: int = Field(default=60, ge=1)
    """How long before that the advertiser is told."""
    provisional_days: int = Field(default=0, ge=0)
    """For how long the step counts from the first letter on, while its code is on the way."""
    days_before_vote: int | None = Field(default=None, ge=1)
    """Asked for only so many days before a vote; None, always."""


class Route(Record):
    """One way to be authorised: its steps, and what people then see on the ad."""

    title: str
    label: str
    steps: tuple[str, ...] = Field(min_length=1)
    organisation: bool = True
    """Whether an organisation stands behind the person."""
    person_signs: bool = False
    """Whether the law wants the person's name on the ad, and the organisation's as whom they act for."""


class FlagTerms(Record):
    """What the law asks of whoever publishes political ads, when somebody says that one breaks it."""

    hours_before_vote: int = Field(ge=1)
    """Within how many hours such a notice is dealt with before a vote."""
    days_before_vote: int = Field(ge=1)
    """From how many days before the vote on."""
    source: str
    """The law's paragraph on that."""
    redress: str
    """Where somebody turns who does not agree with the answer."""


class Jurisdiction(Record):
    """The routes of one country or union."""

    jurisdiction: str = Field(pattern="^[A-Z]{2}$")
    name: str
    source: str
    steps: dict[str, Step]
    routes: dict[str, Route] = Field(min_length=1)
    flags: FlagTerms | None = None

    @model_validator(mode="after")
    def _steps_exist(self) -> "Jurisdiction":
        for name, route in self.routes.items():
            for step in route.steps:
                if step not in self.steps:
                    message = f"the route {name} has a step {step} that `steps` does not explain"
                    raise ValueError(message)
        return self


class Plan(Record):
    """What one advertiser must show: a route with its steps spelled out."""

    label: str
    steps: dict[str, Step]


class RouteBook:
    """All jurisdictions that are known."""

    def __init__(self, jurisdictions: Iterable[Jurisdiction]) -> None:
        """Keep them; of two with one code the later one given counts."""
        self.jurisdictions = {one.jurisdiction: one for one in jurisdictions}

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> "RouteBook":
        """Return the routes that come with Watchbell."""
        folder = resources.files("watchbell.ads.advertisers") / "routes"
        files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
        return cls(jurisdiction_of(file.read_text("utf-8"), file.name) for file in files)

    def with_files(self, paths: Iterable[Path]) -> "RouteBook":
        """Return this book with an operator's own files in it.

        Raises:
            InputError: a file cannot be read, or is no jurisdiction.
        """
        return RouteBook([*self.jurisdictions.values(), *(_read(path) for path in paths)])

    def route(self, jurisdiction: str, route: str) -> Route:
        """Return a route.

        Raises:
            UsageError: there is no such jurisdiction, or no such route in it.
        """
        found = self.jurisdictions.get(jurisdiction)
        if found is None:
            raise UsageError(
                f"No routes are known for {jurisdiction!r}; there are some for {', '.join(self.jurisdictions)}."
            )
        if route not in found.routes:
            raise UsageError(f"{found.name} has no route {route!r}; it has {', '.join(found.routes)}.")
        return found.routes[route]

    def plan(self, jurisdiction: str, route: str) -> Plan:
        """Return what must be shown on a route.

        Raises:
            UsageError: there is no such jurisdiction, or no such route in it.
        """
        found = self.route(jurisdiction, route)
        steps = self.jurisdictions[jurisdiction].steps
        return Plan(label=found.label, steps={name: steps[name] for name in found.steps})


def jurisdiction_of(text: str, name: str) -> Jurisdiction:
    """Return the jurisdiction that a YAML file spells out.

    Raises:
        InputError: it is no YAML or no jurisdiction; names the field.
    """
    what = f"The routes {name}"
    return record_of(Jurisdiction, yaml_in(text, what), what, whole="the file")


def _read(path: Path) -> Jurisdiction:
    return jurisdiction_of(text_in(path, f"The routes {path}"), str(path))
