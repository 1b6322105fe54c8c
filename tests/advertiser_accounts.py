"""Advertisers' accounts for tests, made without a password's hash where none is asked for."""

import re
from datetime import datetime

import pyotp

from watchbell.desk.advertisers.accounts import account_named, enrol, enrolment
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.senders import Message
from watchbell.model.advertiser_accounts import AdvertiserAccount
from watchbell.vault.ledger import Entry

ANNA, BOB = "anna@club.org", "bob@club.org"


class Mailbox:
    """Takes e-mail in."""

    is_real = True

    def __init__(self) -> None:
        self.letters: list[Message] = []

    def send(self, message: Message) -> None:
        self.letters.append(message)

    def code(self) -> str:
        (code,) = re.findall("[0-9A-Z]{4}-[0-9A-Z]{4}", self.letters[-1].text)
        return str(code)


def account_of(office: Office, email: str, now: datetime, *, password_hash: str = "none") -> AdvertiserAccount:
    """Return an account whose second factor is not set up."""
    account = AdvertiserAccount(
        id=f"account--{email}",
        person="Anna Eriksson",
        email=email,
        password_hash=password_hash,
        totp_sealed=office.key().sealed(pyotp.random_base32().encode()).decode(),
        created_at=now,
    )
    assert office.vault.advertiser_accounts.open("", account, Entry(account.id, "account.opened", account.id, {}, now))
    return account


def code_of(office: Office, account: AdvertiserAccount, at: datetime) -> str:
    return pyotp.TOTP(enrolment(office, account).secret).at(at)


def enrolled(office: Office, account: AdvertiserAccount, now: datetime) -> tuple[AdvertiserAccount, tuple[str, ...]]:
    codes = enrol(office, account, code_of(office, account, now), now)
    return account_named(office, account.email), codes
