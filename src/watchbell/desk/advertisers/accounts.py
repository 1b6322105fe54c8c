"""Advertisers' accounts: signing up with a proven e-mail address, the second factor, signing in.

Nothing here tells a stranger who has an account: signing up with a known address looks like any other sign-up, and a
refused sign-in does not say what was wrong. Sessions are kept apart from those of the desk: an advertiser is nobody
there, and a person of the desk is no advertiser.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from watchbell.ads.advertisers.evidence.codes import MOST_TRIES, code_hash, new_code
from watchbell.ads.advertisers.evidence.organisation import mailbox
from watchbell.desk.accounts import Session, checked_password, hashed_password, hashed_token, password_matches
from watchbell.desk.advertisers import second_factor
from watchbell.desk.advertisers.evidence_checks import storable
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.senders import Message, Way, sender_for
from watchbell.desk.advertisers.steps import checked_name
from watchbell.errors import UsageError
from watchbell.ids import fact_id
from watchbell.model.advertiser_accounts import AdvertiserAccount, SignUp
from watchbell.vault.ledger import Entry

SIGN_UP_HOURS = 1
"""How long the code is good that proves an e-mail address."""
_SIGN_UP, _NEW_PASSWORD = "sign-up", "new-password"
_KNOWN = (
    "Somebody, perhaps you, signed up for political ads with this address. It has an account already: sign in with "
    "your password. If it was not you, there is nothing to do.\n"
)
_UNKNOWN = (
    "Somebody, perhaps you, asked for a new password with this address. No account has it. If it was not you, there is "
    "nothing to do.\n"
)


class Applicant(NamedTuple):
    """What somebody tells who signs up."""

    person: str
    email: str
    password: str


def known_as(email: str) -> str:
    """Return the one spelling of an address under which tries are counted: many spellings lead to one account."""
    return mailbox(email) or email.strip().casefold()


def wrong_fields(told: Mapping[str, str]) -> dict[str, str]:
    """Return what of a sign-up cannot be used, by the names of its fields (`Applicant`); each a sentence."""
    wrong = {}
    for field, value in told.items():
        try:
            _CHECKS[field](value)
        except UsageError as error:
            wrong[field] = str(error)
    return wrong


def sign_up(office: Office, told: Applicant, now: datetime) -> str:
    """Take a sign-up in and send its code; return the token that the browser keeps until the code comes back.

    Raises:
        UsageError: the name, address or password cannot be used, no e-mail can be sent, or too many people sign up.
        NotSentError: the code could not be sent.
    """
    wanted = _Wanted(_SIGN_UP, _person(told.person), _email(told.email), hashed_password(told.password))
    is_known = office.vault.advertiser_accounts.by_email(wanted.email) is not None
    return _begun(office, wanted, _KNOWN if is_known else None, now)


def ask_new_password(office: Office, email: str, password: str, now: datetime) -> str:
    """Send a code with which a forgotten password is replaced; return the token that the browser keeps.

    Raises:
        UsageError: the address or the password cannot be used, no e-mail can be sent, or too many people ask.
        NotSentError: the code could not be sent.
    """
    wanted = _Wanted(_NEW_PASSWORD, "", _email(email), hashed_password(password))
    is_known = office.vault.advertiser_accounts.by_email(wanted.email) is not None
    return _begun(office, wanted, None if is_known else _UNKNOWN, now)


def awaited(office: Office, token: str, now: datetime) -> SignUp | None:
    """Return the sign-up, or the new password, whose code is waited for; None if there is none any more."""
    return office.vault.advertiser_accounts.sign_up(hashed_token(token), now)


def prove_address(office: Office, token: str, typed: str, now: datetime) -> AdvertiserAccount:
    """Enter the code that was sent, and return the account that it makes; its second factor is not set up yet.

    Raises:
        UsageError: the code is wrong, too late, or was wrong too often.
    """
    proven = _proven(office, _SIGN_UP, token, typed, now)
    account = AdvertiserAccount(
        id=fact_id("account", proven.email, secrets.token_hex()),
        person=proven.person,
        email=proven.email,
        password_hash=proven.password_hash,
        totp_sealed=office.key().sealed(second_factor.new_secret().encode()).decode(),
        created_at=now,
    )
    entry = Entry(account.id, "account.opened", account.id, {}, now)
    if not office.vault.advertiser_accounts.open(hashed_token(token), account, entry):
        raise UsageError("This address has an account already. Sign in with its password.")
    return account


def set_new_password(office: Office, token: str, typed: str, factor: str, now: datetime) -> None:
    """Enter the code that was sent and one of the second factor: the new password then holds, and all sessions end.

    An e-mail address alone opens no account that has a second factor.

    Raises:
        UsageError: one of the codes is wrong, too late, or was wrong too often.
    """
    proven = _proven(office, _NEW_PASSWORD, token, typed, now)
    account = office.vault.advertiser_accounts.by_email(proven.email)
    if account is None or (account.enrolled_at is not None and not _second(office, account, factor, now)):
        raise UsageError("The code of the app, or the recovery code, is wrong.")
    office.vault.advertiser_accounts.end_sign_up(hashed_token(token))
    entry = Entry(account.id, "account.password_replaced", account.id, {}, now)
    replaced = account.model_copy(update={"password_hash": proven.password_hash})
    office.vault.advertiser_accounts.put(replaced, entry)
    office.vault.advertiser_accounts.close_sessions(account.id)


class _Wanted(NamedTuple):
    """What is to happen once an address is proven."""

    purpose: str
    person: str
    email: str
    password_hash: str


def _begun(office: Office, wanted: _Wanted, instead: str | None, now: datetime) -> str:
    """Send a code, or what is to be said instead, to an address; return the token that the browser keeps."""
    sender = sender_for(Way.EMAIL, office.settings)
    if not sender.is_real:
        raise UsageError("Nobody can sign up here yet: nothing is set up that sends e-mail.")
    token, code, until = secrets.token_urlsafe(32), new_code(), now + timedelta(hours=SIGN_UP_HOURS)
    hashed = code_hash(code, wanted.purpose, office.key().for_codes)
    waiting = SignUp(
        person=wanted.person,
        email=wanted.email,
        password_hash=wanted.password_hash,
        code_hash=hashed,
        expires_at=until,
    )
    if not office.vault.advertiser_accounts.begin(hashed_token(token), waiting, now):
        raise UsageError("Very many people are signing up at the moment. Try again in an hour.")
    text = f"Your code is {code[:4]}-{code[4:]}. It is good until {until:%Y-%m-%d %H:%M} UTC. Tell nobody.\n"
    sender.send(Message(wanted.purpose, wanted.email, "Your account for political ads", instead or text))
    return token


def _proven(office: Office, purpose: str, token: str, typed: str, now: datetime) -> SignUp:
    """Return what waited for the code that was typed; each try counts."""
    waiting = office.vault.advertiser_accounts.count_try(hashed_token(token), now)
    if waiting is None or waiting.tries > MOST_TRIES:
        raise UsageError("The code is too old, or was wrong too often. Ask for another one.")
    if not secrets.compare_digest(waiting.code_hash, code_hash(typed, purpose, office.key().for_codes)):
        raise UsageError(f"The code is wrong. It can be tried {MOST_TRIES - waiting.tries} times more.")
    return waiting


class Enrolment(NamedTuple):
    """What an app needs to make codes."""

    uri: str
    secret: str


def enrolment(office: Office, account: AdvertiserAccount) -> Enrolment:
    """Return what the second factor is set up with, for the account's person only, and only until it is."""
    secret = _secret(office, account)
    return Enrolment(second_factor.enrolment_uri(secret, account.email, office.settings.operator), secret)


def enrol(office: Office, account: AdvertiserAccount, typed: str, now: datetime) -> tuple[str, ...]:
    """Set the second factor up with a first code; return the recovery codes, which are shown this once.

    All sessions of the account end: whoever else held one knew the password alone.

    Raises:
        UsageError: the code is not the app's.
    """
    step = second_factor.step_of(_secret(office, account), typed, now)
    if step is None or not office.vault.advertiser_accounts.use_step(account.id, step):
        raise UsageError("This is not the code that the app shows now. Is the phone's clock right?")
    codes = second_factor.new_recovery_codes()
    hashes = tuple(second_factor.recovery_hash(account.id, code) for code in codes)
    office.vault.advertiser_accounts.put_recovery_codes(account.id, hashes)
    entry = Entry(account.id, "account.enrolled", account.id, {}, now)
    office.vault.advertiser_accounts.put(account.model_copy(update={"enrolled_at": now}), entry)
    office.vault.advertiser_accounts.close_sessions(account.id)
    return codes


class Credentials(NamedTuple):
    """What somebody signs in with."""

    email: str
    password: str
    code: str
    """Of the app, or a recovery code; empty while no second factor is set up."""


def authenticated(office: Office, shown: Credentials, now: datetime) -> AdvertiserAccount | None:
    """Return the account whose address, password and code these are, else None; the code is then used up."""
    email = mailbox(shown.email)
    account = office.vault.advertiser_accounts.by_email(email) if email else None
    matches = password_matches(account.password_hash if account else None, shown.password)
    if account is None or not matches or account.closed:
        return None
    if account.enrolled_at is None:
        return account
    return account if _second(office, account, shown.code, now) else None


def open_session(office: Office, account: AdvertiserAccount, now: datetime) -> Session:
    """Sign an account in."""
    session = Session(secrets.token_urlsafe(32), now + timedelta(hours=office.settings.session_hours))
    office.vault.advertiser_accounts.open_session(hashed_token(session.token), account.id, session.expires_at)
    return session


def account_of_session(office: Office, token: str, now: datetime) -> AdvertiserAccount | None:
    """Return the account of an open session; None when it has ended or the account is closed."""
    account = office.vault.advertiser_accounts.of_session(hashed_token(token), now)
    return None if account is None or account.closed else account


def close_session(office: Office, token: str) -> None:
    """End a session, if it is one."""
    office.vault.advertiser_accounts.close_session(hashed_token(token))


def account_named(office: Office, email: str) -> AdvertiserAccount:
    """Return the account of an e-mail address.

    Raises:
        UsageError: there is none.
    """
    account = office.vault.advertiser_accounts.by_email(mailbox(email) or "")
    if account is None:
        raise UsageError(f"There is no account {email!r}. `watchbell advertiser person list` shows them.")
    return account


def close_account(office: Office, account: AdvertiserAccount, *, by: str, now: datetime) -> None:
    """Let nobody sign in with an account any more."""
    entry = Entry(by, "account.closed", account.id, {}, now)
    office.vault.advertiser_accounts.put(account.model_copy(update={"closed": True}), entry)


def forget_second_factor(office: Office, account: AdvertiserAccount, *, by: str, now: datetime) -> None:
    """Let the person set a new second factor up at their next sign-in: phone and recovery codes are lost.

    Whoever has the operator do this must have been told apart from a thief by other means.
    """
    sealed = office.key().sealed(second_factor.new_secret().encode()).decode()
    entry = Entry(by, "account.second_factor_forgotten", account.id, {}, now)
    fresh = account.model_copy(update={"totp_sealed": sealed, "enrolled_at": None})
    office.vault.advertiser_accounts.put(fresh, entry)
    office.vault.advertiser_accounts.put_recovery_codes(account.id, ())
    office.vault.advertiser_accounts.close_sessions(account.id)


def _person(name: str) -> str:
    person = " ".join(storable(name).split())
    checked_name(person)
    return person


def _email(address: str) -> str:
    email = mailbox(address)
    if email is None:
        raise UsageError(f"{address!r} is no e-mail address.")
    return email


_CHECKS: dict[str, Callable[[str], object]] = {"person": _person, "email": _email, "password": checked_password}


def _second(office: Office, account: AdvertiserAccount, typed: str, now: datetime) -> bool:
    """Return whether a code is the account's, and use it up."""
    step = second_factor.step_of(_secret(office, account), typed, now)
    if step is not None:
        return office.vault.advertiser_accounts.use_step(account.id, step)
    hashed = second_factor.recovery_hash(account.id, typed)
    if not office.vault.advertiser_accounts.use_recovery_code(account.id, hashed):
        return False
    left = office.vault.advertiser_accounts.recovery_codes_left(account.id)
    office.vault.ledger.append(account.id, "account.recovery_code_used", account.id, {"left": left}, now)
    return True


def _secret(office: Office, account: AdvertiserAccount) -> str:
    return office.key().opened(account.totp_sealed.encode()).decode()
