"""What the clock brings about: advertisers paused or authorised again, notices of what lapses, documents deleted."""

from datetime import datetime
from typing import NamedTuple

from watchbell.ads.advertisers.authorization import StepStanding
from watchbell.desk.accounts import Attempts
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.senders import Message, Way, sender_for
from watchbell.desk.advertisers.steps import note_state, status
from watchbell.errors import NotSentError
from watchbell.model.advertisers import Advertiser

_OURSELVES = "watchbell"
_NOTIFIED = "advertiser.notified"


class Kept(NamedTuple):
    """What the clock brought about."""

    changed: dict[str, str]
    """Advertisers by id whose state is another, and which."""
    told: int
    """Notices that were sent."""
    deleted: int
    """Documents that were deleted."""
    untold: dict[str, str]
    """Why advertisers, by id, could not be told; it is tried again next time."""


def keep_time(office: Office, now: datetime) -> Kept:
    """Note who is paused or authorised again, delete old documents, and tell those whose evidence lapses soon."""
    # First what no failure to send may hold up.
    deleted = office.vault.advertisers.delete_documents(now, _OURSELVES)
    office.vault.attempts.forget_until(now - Attempts.KEPT)
    everybody = office.vault.advertisers.all()
    states = {one.id: note_state(office, one, now) for one in everybody}
    told, untold = 0, {}
    for advertiser in everybody:
        try:
            for step in status(office, advertiser, now).due(now):
                told += _notified(office, advertiser, step, now)
        except NotSentError as error:
            untold[advertiser.id] = str(error)
    return Kept({one: state for one, state in states.items() if state is not None}, told, deleted, untold)


def _notified(office: Office, advertiser: Advertiser, step: StepStanding, now: datetime) -> bool:
    """Tell an advertiser once that a step lapses."""
    details = {"step": step.step, "until": step.until.isoformat() if step.until else ""}
    if office.vault.ledger.holds(_NOTIFIED, advertiser.id, details):
        return False
    text = (
        f"What you showed for the step “{step.title}” is good until {step.until:%Y-%m-%d}. Show it again before then: "
        "after that your disclaimers are disabled and your ads paused until you do.\n"
    )
    message = Message(advertiser.id, advertiser.email, "Your authorisation for political ads lapses soon", text)
    sender_for(Way.EMAIL, office.settings).send(message)
    office.vault.ledger.append(_OURSELVES, _NOTIFIED, advertiser.id, details, now)
    return True
