"""Flags on ads: by when each is owed an answer, and the answer with its reason.

Regulation (EU) 2024/900, article 15, is about notices that an ad breaks it; its terms stand in
`ads/advertisers/routes/eu.yaml`.
What it asks for in the last month before a vote holds here for ads of every country of the calendar, elsewhere as the
house's own rule; at other times the house's own term holds (the setting `flag_days`).
"""

import ipaddress
import secrets
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from watchbell.ads.advertisers.evidence.organisation import host_of_email
from watchbell.ads.advertisers.routebook import FlagTerms, RouteBook
from watchbell.ads.elections.calendar import EU_STATES, Calendar
from watchbell.clock import utc_text
from watchbell.desk.advertisers.senders import Message, Way, sender_for
from watchbell.desk.permissions import Permission, demand
from watchbell.desk.wording import worded
from watchbell.errors import NotSentError, UsageError
from watchbell.model.ads import Ad
from watchbell.model.flags import AdFlag, FlagReason, FlagState
from watchbell.model.partners import User
from watchbell.settings import Settings
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

THE_PUBLIC = "public"
"""Stands in the ledger for whoever flags an ad: nobody knows who that is."""
_ONE_SENDER, _ALL_SENDERS, _WINDOW = 5, 300, timedelta(hours=1)
# Whoever has one address of version 6 has the 64 bits behind its network, too (RFC 4291, section 2.5.4).
_NETWORK = 64
_LONGEST_NAME = 200


class Due(NamedTuple):
    """By when a flag is owed an answer, and which rule says so."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the form says."""

    reason: str
    """One of `FlagReason`."""
    words: str
    email: str = ""
    name: str = ""


class FlagGate:
    """Lets only so many flags in within an hour: five from one address, three hundred from all together.

    Addresses are kept in memory for that hour and nowhere else.
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[datetime, str]] = deque()
        self._lock = threading.Lock()

    def admit(self, address: str, now: datetime) -> None:
        """Count a flag in.

        Raises:
            UsageError: there were too many.
        """
        sender = _sender(address)
        with self._lock:
            while self._seen and self._seen[0][0] <= now - _WINDOW:
                self._seen.popleft()
            mine = sum(one == sender for _, one in self._seen)
            if mine >= _ONE_SENDER or len(self._seen) >= _ALL_SENDERS:
                raise UsageError("Too many flags came in within an hour. Try again later; nothing of this was kept.")
            self._seen.append((now, sender))


def due_for(ad: Ad, settings: Settings, now: datetime) -> Due:
    """Return by when a flag on an ad is owed an answer."""
    today, terms = now.date(), _terms(settings)
    for country in _countries(ad):
        for election in Calendar.bundled().near(today, country):
            if today <= election.days[-1] and election.days[0] - today <= timedelta(days=terms.days_before_vote):
                whose = terms.source if country in EU_STATES else "the term that this house sets itself"
                by = f"{terms.hours_before_vote} hours, in the last month before: {election.name} ({whose})"
                return Due(now + timedelta(hours=terms.hours_before_vote), by)
    days = settings.flag_days
    return Due(now + timedelta(days=days), f"{days} days, the term that this house sets itself")


def redress_for(ad: Ad | None, settings: Settings) -> str | None:
    """Return where somebody turns who does not agree with an answer; None where no law of the ad's country says it."""
    return _terms(settings).redress if ad is not None and not EU_STATES.isdisjoint(_countries(ad)) else None


def raise_flag(
    vault: Vault, ad: Ad, told: Told, settings: Settings, now: datetime, *, admit: Callable[[], None]
) -> AdFlag:
    """Keep what a reader says is wrong with an ad, confirm its receipt, and return the flag.

    The confirmation goes by e-mail where an address was left and e-mail is sent; else it stands on the flag's own page.

    Args:
        vault: the records.
        ad: what it is about.
        told: what the reader says.
        settings: how long an answer takes.
        now: the present.
        admit: asked when all else is right; raises UsageError where there are too many (`FlagGate`).

    Raises:
        UsageError: no reason is chosen, the words say nothing or are too long, the e-mail address is none, or there
            are too many flags.
    """
    if told.reason not in list(FlagReason):
        raise UsageError("Choose what is wrong with the ad.")
    email = told.email.strip()
    if email and host_of_email(email) is None:
        raise UsageError(f"{email[:80]!r} is no e-mail address. Leave the field empty to get the answer by the link.")
    due = due_for(ad, settings, now)
    flag = AdFlag(
        id=secrets.token_urlsafe(16),
        ad_id=ad.id,
        reason=FlagReason(told.reason),
        words=worded(told.words, "flag"),
        name=" ".join(told.name.split())[:_LONGEST_NAME] or None,
        email=email or None,
        made_at=now,
        due_at=due.at,
        due_by=due.by,
    )
    admit()
    details = {"reason": told.reason, "due": utc_text(due.at)}
    vault.ad_flags.add(flag, Entry(THE_PUBLIC, "ad.flagged", ad.id, details, now))
    return _confirmed(vault, flag, settings, now)


def answer_flag(
    vault: Vault, flag_id: str, answer: Mapping[str, str], settings: Settings, *, by: User, now: datetime
) -> AdFlag:
    """Answer a flag with a reason, and send it to whoever raised it, if they left an address.

    The address is forgotten when the answer has gone. Where it cannot be sent the answer stands all the same.

    Args:
        vault: the records.
        flag_id: which flag.
        answer: `state`, `upheld` or `refused`, and `words`, the reason.
        settings: of the server that sends e-mail.
        by: who answers.
        now: the present.

    Raises:
        NotAllowedError: the person may not answer flags.
        UsageError: there is no such flag, it was answered before, or the answer says nothing.
    """
    demand(by.role, Permission.FLAGS_ANSWER)
    flag = vault.ad_flags.get(flag_id)
    if flag is None:
        raise UsageError("There is no such flag.")
    state = FlagState(answer["state"])
    if state is FlagState.OPEN:
        raise UsageError("Say whether the flag is right or not.")
    done = flag.model_copy(
        update={
            "state": state,
            "answer": worded(answer["words"], "answer"),
            "answered_at": now,
            "answered_by": by.username,
            **({} if flag.email else {"name": None}),
        }
    )
    details = {"state": state, "late": done.answered_late}
    vault.ad_flags.answer(done, Entry(by.username, "flag.answered", flag.ad_id, details, now))
    return _told(vault, done, settings, now)


def _sender(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network((parsed, _NETWORK), strict=False))  # noqa: PLR2004  # IPv4


def _told(vault: Vault, flag: AdFlag, settings: Settings, now: datetime) -> AdFlag:
    """Send the answer; return the flag as it is kept."""
    said = "You were right, and we act on it." if flag.state is FlagState.UPHELD else "The ad stands as it is."
    redress = redress_for(vault.ads.get(flag.ad_id), settings)
    if not _mailed(flag, "\n\n".join(filter(None, [said, flag.answer, redress])), settings):
        return flag
    done = flag.model_copy(update={"told_at": now, "email": None, "name": None})
    vault.ad_flags.note_told(done)
    return done


def _confirmed(vault: Vault, flag: AdFlag, settings: Settings, now: datetime) -> AdFlag:
    """Confirm that a flag came in (article 15(4)); return it as it is kept."""
    text = (
        f"It came in on {flag.made_at:%Y-%m-%d %H:%M} UTC. You get an answer with reasons by "
        f"{flag.due_at:%Y-%m-%d %H:%M} UTC ({flag.due_by})."
    )
    if not _mailed(flag, text, settings):
        return flag
    done = flag.model_copy(update={"received_at": now})
    vault.ad_flags.note_receipt(done)
    return done


def _mailed(flag: AdFlag, text: str, settings: Settings) -> bool:
    """Write to whoever raised a flag; return whether it went out. What they wrote themselves is not in it."""
    if flag.email is None or settings.smtp_host is None:
        return False
    text = f"You flagged the ad {flag.ad_id} in the ad library of {settings.operator}.\n\n{text}\n"
    try:
        sender_for(Way.EMAIL, settings).send(Message(flag.id, flag.email, "Your flag on a political ad", text))
    except NotSentError:
        return False
    return True


def _terms(settings: Settings) -> FlagTerms:
    """Return the European Union's terms, or an operator's own of their file for it."""
    mine = RouteBook.bundled().with_files(settings.route_files).jurisdictions["EU"].flags
    bundled = RouteBook.bundled().jurisdictions["EU"].flags
    if (terms := mine or bundled) is None:
        raise UsageError("The routes of the European Union have no terms for flags; name them in its file.")
    return terms


def _countries(ad: Ad) -> list[str]:
    return [country for country in (ad.country or "").split(", ") if country]
