"""What every record is: a frozen pydantic model that refuses unknown fields."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


UtcDatetime = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An instant. A time without a zone is refused, any other zone becomes UTC."""


class Record(BaseModel):
    """A noun of the domain that people work with; it never changes, a new version replaces it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
