"""How the states of advertisers, steps, evidence, disclaimers and appeals read on a page."""

from jinja2 import Environment

from watchbell.ads.advertisers.authorization import State, StepState
from watchbell.ads.elections.calendar import EU_STATES
from watchbell.ads.payers.statements import Authority
from watchbell.model.advertisers import DisclaimerVerdict, EvidenceKind, EvidenceVerdict
from watchbell.model.appeals import AppealState
from watchbell.model.payers import Delivery

# What is said, the class of its badge, and the sign before it.
ADVERTISER_STATES = {
    State.AUTHORIZED: ("Authorized", "approve", "✓"),
    State.PAUSED: ("Paused: something has lapsed", "review", "◐"),
    State.REVIEW: ("Waits for a person", "review", "◐"),
    State.INCOMPLETE: ("Something is missing", "plain", "○"),
    State.REFUSED: ("Something was refused", "reject", "✕"),
}
STEP_STATES = {
    StepState.MET: ("Done", "approve", "✓"),
    StepState.PROVISIONAL: ("Counts for now", "approve", "◐"),
    StepState.MISSING: ("Missing", "plain", "○"),
    StepState.CODE: ("Waits for a code", "review", "◐"),
    StepState.REVIEW: ("Waits for a person", "review", "◐"),
    StepState.REFUSED: ("Refused", "reject", "✕"),
    StepState.EXPIRED: ("Lapsed", "reject", "✕"),
    StepState.NOT_NEEDED: ("Not needed now", "plain", "○"),
}
EVIDENCE_VERDICTS = {
    EvidenceVerdict.ACCEPTED: ("Accepted", "approve", "✓"),
    EvidenceVerdict.REFUSED: ("Refused", "reject", "✕"),
    EvidenceVerdict.CODE: ("Waits for a code", "review", "◐"),
    EvidenceVerdict.REVIEW: ("Waits for a person", "review", "◐"),
}
DISCLAIMER_VERDICTS = {
    DisclaimerVerdict.APPROVED: ("Approved", "approve", "✓"),
    DisclaimerVerdict.HELD: ("Held for a person", "review", "◐"),
    DisclaimerVerdict.REFUSED: ("Refused", "reject", "✕"),
}
APPEAL_STATES = {
    AppealState.OPEN: ("Not answered yet", "review", "○"),
    AppealState.GRANTED: ("Granted", "approve", "✓"),
    AppealState.REFUSED: ("Refused: the decision stands", "reject", "✕"),
}
DELIVERIES = {
    Delivery.RUNS: ("Runs", "approve", "✓"),
    Delivery.ENDED: ("Has ended", "plain", "○"),
    Delivery.HELD: ("Held for a person", "review", "◐"),
    Delivery.PAUSED: ("Paused with its advertiser", "review", "◐"),
    Delivery.STOPPED: ("Stopped", "reject", "✕"),
    Delivery.UNDISCLOSED: ("Stopped: ran without saying who paid", "reject", "✕"),
}
EVIDENCE_KINDS = {
    EvidenceKind.PASSPORT: "Passport",
    EvidenceKind.IDENTITY_CARD: "Identity card",
    EvidenceKind.US_DRIVER_LICENCE: "US or Canadian driver's licence",
    EvidenceKind.DOCUMENT: "A document that a person reads",
    EvidenceKind.LETTER: "A letter with a code",
    EvidenceKind.TAX_ID: "Tax number",
    EvidenceKind.TAX_LETTER: "The tax office's letter",
    EvidenceKind.GOVERNMENT_DOMAIN: "Governmental website and e-mail",
    EvidenceKind.COMMITTEE: "Committee of the FEC",
    EvidenceKind.PHONE: "Phone",
    EvidenceKind.BUSINESS_EMAIL: "Business e-mail",
    EvidenceKind.ADDRESS: "Address",
    EvidenceKind.WEBSITE: "Website",
}
NOTICES = {
    "advertiser.notified": "Told that a step lapses soon",
    "advertiser.authorized": "Authorised: their ads run",
    "advertiser.paused": "Paused: their disclaimers are disabled and their ads rest",
    "advertiser.review": "Waits for a person",
    "advertiser.incomplete": "Something is missing",
    "advertiser.refused": "Something was refused",
}
"""What an entry of the ledger about an advertiser reads as."""
AUTHORITIES = {
    Authority.OWN: "A candidate's own committee paid for it",
    Authority.OTHER: "A candidate authorised it, and somebody else paid",
    Authority.NONE: "No candidate authorised it",
}


def teach(environment: Environment) -> None:
    """Give the templates these words."""
    environment.globals.update(
        ADVERTISER_STATES=ADVERTISER_STATES,
        STEP_STATES=STEP_STATES,
        EVIDENCE_VERDICTS=EVIDENCE_VERDICTS,
        DISCLAIMER_VERDICTS=DISCLAIMER_VERDICTS,
        APPEAL_STATES=APPEAL_STATES,
        DELIVERIES=DELIVERIES,
        EVIDENCE_KINDS=EVIDENCE_KINDS,
        AUTHORITIES=AUTHORITIES,
        NOTICES=NOTICES,
        EU_STATES=EU_STATES,
    )
