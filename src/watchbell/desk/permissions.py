"""Who may do what at the desk: one list of permissions, one table of roles. What is not granted is refused."""

from enum import StrEnum

from watchbell.errors import NotAllowedError
from watchbell.model.advertiser_accounts import AccountStage
from watchbell.model.partners import PartnerKind, Role


class Permission(StrEnum):
    """Something that can be done, written `scope:resource:action`."""

    LIBRARY_READ = "public:library:read"
    """See the ad library: political advertising is everybody's business."""
    FLAGS_SEND = "public:flags:send"
    """Say that something is wrong with an ad, and read the answer with the link one was given."""
    SESSION_OPEN = "public:session:open"
    """Try to sign in."""
    SESSION_CLOSE = "public:session:close"
    """Sign out; harmless for whoever is not signed in."""
    ENROLMENT_USE = "public:enrolment:use"
    """Fetch a machine's token with a one-time link: whoever has the link is whom it was sent to."""
    OVERVIEW_READ = "desk:overview:read"
    NETWORKS_READ = "desk:networks:read"
    """See detected groups. They name accounts that nobody has judged yet, so this is never public."""
    CASES_READ = "desk:cases:read"
    CASES_DECIDE = "desk:cases:decide"
    """Sign a judgement on a case: it may harm whoever is named, so an analyst's finding needs a reviewer."""
    CASES_SHARE = "desk:cases:share"
    """Take a case out of the house as a STIX bundle."""
    ADS_REVIEW = "desk:ads:review"
    """Decide about an ad in place of the rules."""
    FLAGS_ANSWER = "desk:flags:answer"
    """See what readers say is wrong with ads, and answer them."""
    ADVERTISERS_DECIDE = "desk:advertisers:decide"
    """See an advertiser's documents, and decide whether they show what they must."""
    INDICATORS_READ = "desk:indicators:read"
    INDICATORS_OPINE = "desk:indicators:opine"
    """Say that an indicator was seen, or what one thinks of it."""
    INDICATORS_RETRACT = "desk:indicators:retract"
    """Take an indicator back: it stops matching here and at every partner who has it."""
    HITS_READ = "desk:hits:read"
    """See hits of indicators, as far as the person's clearance reaches."""
    DISPUTES_READ = "desk:disputes:read"
    DISPUTES_OPEN = "desk:disputes:open"
    """Write down what an account holder says against an indicator."""
    DISPUTES_ANSWER = "desk:disputes:answer"
    PARTNERS_READ = "desk:partners:read"
    """See who shares with us under what agreement, what they received, and the collections."""
    PARTNERS_MANAGE = "desk:partners:manage"
    """Let the exchange with a partner rest, shut a machine out, invite another, say what the partner hears."""
    RELEASES_DECIDE = "desk:releases:decide"
    """Be the second person where something marked narrowly is to leave the house."""
    REQUESTS_READ = "desk:requests:read"
    """See what governments ask. Not for analysts: whoever looks for evidence should not know who wishes for it."""
    REQUESTS_WRITE = "desk:requests:write"
    """Write a government's request down, and answer it."""


_PUBLIC = frozenset(
    {
        Permission.LIBRARY_READ,
        Permission.FLAGS_SEND,
        Permission.SESSION_OPEN,
        Permission.SESSION_CLOSE,
        Permission.ENROLMENT_USE,
    }
)
_ANALYST = _PUBLIC | {
    Permission.OVERVIEW_READ,
    Permission.NETWORKS_READ,
    Permission.CASES_READ,
    Permission.INDICATORS_READ,
    Permission.INDICATORS_OPINE,
    Permission.HITS_READ,
    Permission.DISPUTES_READ,
    Permission.DISPUTES_OPEN,
    Permission.PARTNERS_READ,
}
_REVIEWER = _ANALYST | {
    Permission.CASES_DECIDE,
    Permission.CASES_SHARE,
    Permission.ADS_REVIEW,
    Permission.FLAGS_ANSWER,
    Permission.ADVERTISERS_DECIDE,
    Permission.INDICATORS_RETRACT,
    Permission.DISPUTES_ANSWER,
    Permission.RELEASES_DECIDE,
    Permission.REQUESTS_READ,
    Permission.REQUESTS_WRITE,
}

GRANTS: dict[Role | None, frozenset[Permission]] = {
    None: _PUBLIC,
    Role.ANALYST: _ANALYST,
    Role.REVIEWER: _REVIEWER,
    Role.ADMIN: frozenset(Permission),
}
"""What each role may do; None is whoever is not signed in."""


class Deed(StrEnum):
    """Something that a partner can do from outside, written as a permission is."""

    REPORT = "partner:reports:send"
    """Tell what they have seen, and what they think of what we saw: indicators, reports, sightings, opinions."""
    REQUEST = "partner:requests:make"
    """Ask something of us under a law."""
    ACTION = "partner:actions:propose"
    """Say what is to be done about somebody (STIX 2.1: course-of-action)."""


PARTNER_GRANTS: dict[PartnerKind, frozenset[Deed]] = {
    PartnerKind.PLATFORM: frozenset({Deed.REPORT, Deed.ACTION}),
    PartnerKind.RESEARCHER: frozenset({Deed.REPORT, Deed.ACTION}),
    PartnerKind.MEDIA: frozenset({Deed.REPORT, Deed.ACTION}),
    # What a state wants done, it asks for as a request, in the open register; it never arrives as intelligence.
    PartnerKind.ELECTION_AUTHORITY: frozenset({Deed.REPORT, Deed.REQUEST}),
    PartnerKind.GOVERNMENT: frozenset({Deed.REPORT, Deed.REQUEST}),
}
"""What a partner of each kind may do."""
_ACTIONS = frozenset({"course-of-action", "playbook"})


class Errand(StrEnum):
    """Something that an advertiser's person can do at the counter, with what is theirs; written as a permission is."""

    ENTER = "public:counter:enter"
    """Sign up, sign in and sign out."""
    ENROL = "advertiser:second-factor:enrol"
    READ = "advertiser:own:read"
    """See where their own advertisers, disclaimers, ads and appeals stand."""
    APPLY = "advertiser:own:apply"
    """Choose a way to be authorised, and show what it asks for."""
    DISCLAIM = "advertiser:disclaimers:make"
    DECLARE = "advertiser:notices:declare"
    """Say of an ad of their own what its transparency notice must tell."""
    APPEAL = "advertiser:appeals:open"


ERRAND_GRANTS: dict[AccountStage | None, frozenset[Errand]] = {
    None: frozenset({Errand.ENTER}),
    # Whoever knows the password alone sets the second factor up, and does nothing else.
    AccountStage.ENROLLING: frozenset({Errand.ENTER, Errand.ENROL}),
    AccountStage.ENROLLED: frozenset(Errand) - {Errand.ENROL},
}
"""What an account may do at each stage; None is whoever is not signed in. Roles of the desk grant nothing here."""


def deed_of(stix_type: str) -> Deed:
    """Return what a partner does who sends a STIX object of this type."""
    return Deed.ACTION if stix_type in _ACTIONS else Deed.REPORT


def may_send(kind: PartnerKind, stix_type: str) -> bool:
    """Return whether a partner of this kind may send STIX objects of this type."""
    return deed_of(stix_type) in PARTNER_GRANTS[kind]


def may(role: Role | None, permission: Permission) -> bool:
    """Return whether `role` holds `permission`."""
    return permission in GRANTS.get(role, frozenset())


def demand(role: Role | None, permission: Permission) -> None:
    """Return if `role` holds `permission`.

    Raises:
        NotAllowedError: it does not.
    """
    if not may(role, permission):
        raise NotAllowedError("Your role does not allow this. Ask a person with another role, or an administrator.")
