"""Accounts of the people who answer for political ads: how they sign up and prove that they are themselves."""

from enum import StrEnum

from pydantic import Field

from watchbell.model.record import Record, UtcDatetime


class AccountStage(StrEnum):
    """How far an account is; what its person may do follows from it (`desk.permissions.ERRAND_GRANTS`)."""

    ENROLLING = "enrolling"
    """The e-mail address is proven, and the second factor is not set up yet."""
    ENROLLED = "enrolled"


class AdvertiserAccount(Record):
    """A person who signs in at the advertisers' counter. Whom they answer for are `Advertiser` records of theirs."""

    id: str
    person: str
    """Legal name, as on the identity document."""
    email: str
    """As it was proven, in lower case; they sign in with it."""
    password_hash: str = Field(repr=False)
    totp_sealed: str = Field(repr=False)
    """The secret of RFC 6238, encrypted with the key outside the database."""
    created_at: UtcDatetime
    enrolled_at: UtcDatetime | None = None
    """When the second factor was first used; None: it is not set up yet."""
    closed: bool = False
    """Closed by the operator: nobody signs in with it any more."""

    @property
    def stage(self) -> AccountStage:
        """How far the account is."""
        return AccountStage.ENROLLED if self.enrolled_at else AccountStage.ENROLLING


class SignUp(Record):
    """Somebody who wishes to have an account, or a new password, until they prove their e-mail address."""

    person: str
    """Empty where it is a new password that is wished for."""
    email: str
    password_hash: str = Field(repr=False)
    code_hash: str = Field(repr=False)
    """Of the code that was sent to the address."""
    tries: int = 0
    expires_at: UtcDatetime
