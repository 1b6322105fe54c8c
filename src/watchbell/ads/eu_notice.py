"""The transparency notice and the label of a political ad in the European Union, from what is known of it.

Regulation (EU) 2024/900, articles 11 and 12; the sixteen headings and their order are those of Implementing Regulation
(EU) 2025/1410, annex II, point 3. What the law asks for and nobody has told is named as missing; nothing is guessed.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from watchbell.ads.calendar import EU_STATES, Election
from watchbell.ads.evidence.names import skeleton
from watchbell.ads.payer_statements import Statement, composed
from watchbell.model.ads import Ad, Count, Money, Targeting
from watchbell.model.advertisers import Advertiser
from watchbell.model.notices import Heading, TransparencyNotice

APPLIES_FROM = date(2025, 10, 10)
"""Article 30(2): the regulation applies to ads that are shown from this day on."""
_TITLES = (
    ("The sponsor", "12(1)(a)"),
    ("The entity ultimately controlling the sponsor", "12(1)(a)"),
    ("The entity paying for the political advertisement", "12(1)(b)"),
    ("The period during which it is intended to be published, delivered or disseminated", "12(1)(c)"),
    ("Amounts and value of other benefits received for the political advertisement, in all", "12(1)(d)"),
    ("Amounts and value of other benefits received for the political advertising campaign, in all", "12(1)(d)"),
    ("Origin of the amounts and other benefits", "12(1)(e)"),
    ("How the amounts and values were calculated", "12(1)(f)"),
    ("What the political advertisement is linked to", "12(1)(g)"),
    ("Official information about the modalities for participation in the election", "12(1)(h)"),
    ("Link to the European repository for online political advertisements", "12(1)(i)"),
    ("How to notify possibly non-compliant political advertisements", "12(1)(j)"),
    ("Earlier publication suspended or discontinued due to an infringement", "12(1)(k)"),
    ("Targeting or ad-delivery techniques based on personal data", "12(1)(l)"),
    ("About the targeting and ad-delivery techniques used", "12(1)(l) and (m), 19(1)(c)"),
    ("How to exercise data protection rights", "12(1)(l), 19(1)(e)"),
)


class Known(NamedTuple):
    """What is known of an ad, beside its record."""

    flag_at: str
    """Where anyone may say that the ad does not comply (article 15(1))."""
    sponsor: Advertiser | None = None
    """The advertiser who was shown to stand behind it."""
    controller: str | None = None
    """Who ultimately controls the sponsor, where a disclaimer that was approved names them."""
    elections: tuple[Election, ...] = ()
    """Elections near the day on which it was first shown."""


class _Said(NamedTuple):
    """What stands under one heading."""

    told: Iterable[str | None] = ()
    missing: Iterable[str | None] = ()
    left_out: str | None = None


def is_under_the_regulation(ad: Ad, sponsor: Advertiser | None, *, political: bool) -> bool:
    """Tell whether an ad needs a notice: political, in the Union, and shown since the regulation applies.

    An ad of which the source does not say when it ended is taken to have been shown since.
    """
    in_union = ad.country in EU_STATES or (sponsor is not None and sponsor.jurisdiction == "EU")
    still_shown = ad.ended_at is None or ad.ended_at.astimezone(UTC).date() >= APPLIES_FROM
    return political and in_union and still_shown and ad.sums_up is None


def notice_of(ad: Ad, known: Known) -> TransparencyNotice:
    """Return the notice of an ad."""
    elections = known.elections
    said = (
        _sponsor(ad, known.sponsor),
        _controller(known),
        _payer(ad, known.sponsor),
        _period(ad),
        _amount(ad.spend),
        _Said(missing=("whether the ad is part of a campaign, and what was received for it in all",)),
        _Said(missing=("whether the money is public or private, and from inside or outside the Union",)),
        _method(ad),
        _linked(elections),
        _official(elections),
        _Said(left_out="Told once the repository of article 13 is there and the ad is in it (annex II, note 11)."),
        _Said(("Tell us, free of charge and without an account:", known.flag_at)),
        _suspended(ad),
        _targeted(ad),
        _techniques(ad),
        _data_rights(ad),
    )
    headings = tuple(
        Heading(
            number=number,
            title=title,
            point=f"Article {point}",
            told=tuple(line for line in one.told if line),
            missing=tuple(line for line in one.missing if line),
            left_out=one.left_out,
        )
        for number, ((title, point), one) in enumerate(zip(_TITLES, said, strict=True), 1)
    )
    return TransparencyNotice(ad_id=ad.id, label=label_of(ad, known), headings=headings, made_up=ad.synthetic)


def label_of(ad: Ad, known: Known) -> str:
    """Return the label that stands on the ad itself (article 11(1), template of annex II, point 1)."""
    name = _name(ad, known.sponsor)
    if name is None:
        return "Political advertisement. Who the sponsor is has not been told."
    return composed(Statement(jurisdiction="EU", payer=name, behind=known.controller))


def _name(ad: Ad, sponsor: Advertiser | None) -> str | None:
    return (sponsor.organisation or sponsor.person) if sponsor else ad.payer


def _sponsor(ad: Ad, sponsor: Advertiser | None) -> _Said:
    name = _name(ad, sponsor)
    if name is None:
        return _Said(missing=("name", "e-mail address", "postal address", "place of establishment"))
    shown = "who proved who they are" if sponsor else "as the ad's source names whoever paid; nobody proved it here"
    email = sponsor.email if sponsor else None
    return _Said(
        (f"{name}, {shown}", email, ad.payer_address),
        (
            None if email else "e-mail address",
            None if ad.payer_address else "postal address, where it is made public, and place of establishment",
        ),
    )


def _controller(known: Known) -> _Said:
    if known.controller:
        return _Said((known.controller,), ("e-mail address", "postal address"))
    if known.sponsor is not None and known.sponsor.organisation is None:
        return _Said(left_out="The sponsor is a natural person.")
    return _Said(missing=("whether another entity controls the sponsor, and which",))


def _payer(ad: Ad, sponsor: Advertiser | None) -> _Said:
    name = _name(ad, sponsor)
    if ad.payer is None or name is None or skeleton(ad.payer) == skeleton(name):
        return _Said(left_out="Nobody is known to pay but the sponsor.")
    return _Said((ad.payer, ad.payer_address), ("e-mail address",))


def _period(ad: Ad) -> _Said:
    return _Said(
        (f"From {_day(ad.started_at)}" if ad.started_at else None, f"To {_day(ad.ended_at)}" if ad.ended_at else None),
        (None if ad.started_at else "the start date", None if ad.ended_at else "the end date"),
    )


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def _amount(spend: Money | None) -> _Said:
    if spend is None:
        return _Said(missing=("the total figure and its currency",))
    if spend.lower == spend.upper:
        return _Said((f"{spend.lower:,} {spend.currency}",))
    most = f"at most {spend.upper:,}" if spend.upper is not None else "and the source says no upper bound"
    return _Said(
        (f"At least {spend.lower:,} {spend.currency}, {most}",), ("the total figure: the source gives a range",)
    )


def _method(ad: Ad) -> _Said:
    wanted = "whether the figure is what was invoiced, budgeted or charged, and whether value added tax is in it"
    return _Said((f"As the source gives it: {ad.source}.",) if ad.spend else (), (wanted,))


def _linked(elections: tuple[Election, ...]) -> _Said:
    told = [
        f"{one.name}, {one.days[0]:%Y-%m-%d}" + (f" to {one.days[-1]:%Y-%m-%d}" if len(one.days) > 1 else "")
        for one in elections
    ]
    near = [f"Near when it was shown: {line}" for line in told]
    return _Said(near, ("whether the ad is clearly and substantially linked to an election or a law in the making",))


def _official(elections: tuple[Election, ...]) -> _Said:
    if not elections:
        return _Said(left_out="No election is known to be near.")
    return _Said(dict.fromkeys(one.official for one in elections))


def _suspended(ad: Ad) -> _Said:
    if ad.removed is None:
        return _Said(left_out="No earlier publication is known to have been suspended.")
    return _Said((f"Taken out of this library on {_day(ad.removed.at)}: {ad.removed.reason.replace('-', ' ')}.",))


def _targeted(ad: Ad) -> _Said:
    aimed = "It was aimed at the groups named under 15." if ad.targeting else None
    return _Said((aimed,), ("whether targeting or ad-delivery techniques used personal data",))


def _techniques(ad: Ad) -> _Said:
    return _Said(
        (
            *(_group(one) for one in ad.targeting),
            _counted("Views", ad.impressions),
            f"Clicks: {ad.clicks:,}" if ad.clicks is not None else None,
        ),
        (
            None if ad.targeting else "the groups of recipients and the parameters used",
            "the analytical techniques and the categories of personal data used",
            "the goals, mechanisms and logic, and the reasons for the parameters",
            "whether artificial intelligence was used",
            "the internal policy on targeting",
            None if ad.impressions else "the number of views",
            None if ad.clicks is not None else "the number of engagements",
        ),
    )


def _group(one: Targeting) -> str:
    return f"{'Kept away from' if one.excluded else 'Aimed at'} {one.dimension}: {one.value}"


def _counted(what: str, count: Count | None) -> str | None:
    if count is None:
        return None
    if count.lower == count.upper:
        return f"{what}: {count.lower:,}"
    return f"{what}: at least {count.lower:,}" + (f", at most {count.upper:,}" if count.upper is not None else "")


def _data_rights(ad: Ad) -> _Said:
    if not ad.targeting:
        return _Said(left_out="Asked for where personal data was used to target (annex II, note 16).")
    return _Said(
        missing=("the controller and how to reach them", "where consent is withdrawn and other rights are exercised")
    )
