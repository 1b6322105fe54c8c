"""The transparency notice and the label of a political ad in the European Union, from what is known of it.

Regulation (EU) 2024/900, articles 11 and 12; the sixteen headings and their order are those of Implementing Regulation
(EU) 2025/1410, annex II, point 3, in the words of the files beside. What the law asks for and nobody has told is named
as missing; nothing is guessed. What a sponsor declares is told as their declaration.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from watchbell.ads.advertisers.evidence.names import skeleton
from watchbell.ads.elections.calendar import EU_STATES, Election
from watchbell.ads.notices.words import NoticeWords, language_of, notice_languages
from watchbell.model.ads import Ad, Count, Declaration, Money, Targeting
from watchbell.model.advertisers import Advertiser
from watchbell.model.notices import Heading, TransparencyNotice

APPLIES_FROM = date(2025, 10, 10)
"""Article 30(2): the regulation applies to ads that are shown from this day on."""
_POINTS = (
    "12(1)(a)",
    "12(1)(a)",
    "12(1)(b)",
    "12(1)(c)",
    "12(1)(d)",
    "12(1)(d)",
    "12(1)(e)",
    "12(1)(f)",
    "12(1)(g)",
    "12(1)(h)",
    "12(1)(i)",
    "12(1)(j)",
    "12(1)(k)",
    "12(1)(l)",
    "12(1)(l) and (m), 19(1)(c)",
    "12(1)(l), 19(1)(e)",
)


class Publisher(NamedTuple):
    """Who runs the library, and where anyone may say that an ad does not comply (article 15(1) and (2))."""

    flag_at: str
    name: str | None = None
    contact: str | None = None


class Known(NamedTuple):
    """What is known of an ad, beside its record."""

    publisher: Publisher
    sponsor: Advertiser | None = None
    """The advertiser whose ad it is."""
    proved: bool = False
    """Whether the sponsor's identity was shown and accepted."""
    controller: str | None = None
    """Who ultimately controls the sponsor, where a disclaimer that was approved names them."""
    elections: tuple[Election, ...] = ()
    """Elections near the day on which it was first shown."""
    declared: Declaration = Declaration()
    """What its sponsor declares."""
    linked: tuple[Election | str, ...] = ()
    """What it is linked to, of that: elections of the calendar, or words."""


class _Said(NamedTuple):
    """What stands under one heading."""

    told: Iterable[str | None] = ()
    missing: Iterable[str | None] = ()
    """Keys of `NoticeWords.lacks`."""
    left_out: str | None = None


def is_under_the_regulation(ad: Ad, sponsor: Advertiser | None, *, political: bool) -> bool:
    """Tell whether an ad needs a notice: political, in the Union, and shown since the regulation applies.

    An ad of which the source does not say when it ended is taken to have been shown since.
    """
    in_union = ad.country in EU_STATES or (sponsor is not None and sponsor.jurisdiction == "EU")
    still_shown = ad.ended_at is None or ad.ended_at.astimezone(UTC).date() >= APPLIES_FROM
    return political and in_union and still_shown and ad.sums_up is None


def words_for(ad: Ad) -> NoticeWords:
    """Return the words of the ad's language (article 12(3)); English where that is not known, or not written here."""
    known = notice_languages()
    return known.get(language_of(ad.language, ad.country) or "en", known["en"])


def notice_of(ad: Ad, known: Known, words: NoticeWords | None = None) -> TransparencyNotice:
    """Return the notice of an ad.

    Args:
        ad: the ad.
        known: what is known of it beside.
        words: of a language; None: the ad's.
    """
    words = words or words_for(ad)
    said = (
        _sponsor(ad, known, words),
        _controller(known, words),
        _payer(ad, known.sponsor, words),
        _period(ad, words),
        _amount(ad.spend, words),
        _campaign(known.declared, words),
        _origin(known.declared, words),
        _method(ad, known.declared, words),
        _linked(known, words),
        _official(known, words),
        _Said(left_out=words.say("repository")),
        _notifying(known.publisher, words),
        _suspended(ad, words),
        _targeted(ad, known.declared, words),
        _techniques(ad, known.declared, words),
        _data_rights(ad, known.declared, words),
    )
    spoken = language_of(ad.language, ad.country)
    return TransparencyNotice(
        ad_id=ad.id,
        label=label_of(ad, known, words),
        headings=tuple(_heading(number, one, words) for number, one in enumerate(said, 1)),
        language=words.language,
        ad_language=spoken if spoken not in {None, *notice_languages()} else None,
        made_up=ad.synthetic,
    )


def label_of(ad: Ad, known: Known, words: NoticeWords | None = None) -> str:
    """Return the label that stands on the ad itself (article 11(1)(a) to (d), template of annex II, point 1)."""
    words = words or words_for(ad)
    about = "; ".join(_election(one, words) for one in known.linked)
    also = (
        words.label["linked"].format(what=about) if about else None,
        words.label["targeted"] if known.declared.personal_data else None,
    )
    return words.label_of(_name(ad, known.sponsor), known.controller, filter(None, also))


def _heading(number: int, said: _Said, words: NoticeWords) -> Heading:
    return Heading(
        number=number,
        title=words.titles[number - 1],
        point=f"Article {_POINTS[number - 1]}",
        told=tuple(line for line in said.told if line),
        missing=tuple(words.lacks[key] for key in said.missing if key),
        left_out=said.left_out,
    )


def _name(ad: Ad, sponsor: Advertiser | None) -> str | None:
    return (sponsor.organisation or sponsor.person) if sponsor else ad.payer


def _sponsor(ad: Ad, known: Known, words: NoticeWords) -> _Said:
    name = _name(ad, known.sponsor)
    if name is None:
        return _Said(missing=("name", "email", "place"))
    shown = words.say("proved" if known.proved else "not-proved", name=name)
    email = known.sponsor.email if known.sponsor else None
    address = known.declared.address or ad.payer_address
    return _Said((shown, email, address), (None if email else "email", None if address else "place"))


def _controller(known: Known, words: NoticeWords) -> _Said:
    if known.controller:
        return _Said((known.controller,), ("email", "postal-address"))
    if known.sponsor is not None and known.sponsor.organisation is None:
        return _Said(left_out=words.say("natural-person"))
    if known.declared.nobody_controls:
        return _Said(left_out=words.say("nobody-controls"))
    return _Said(missing=("controller",))


def _payer(ad: Ad, sponsor: Advertiser | None, words: NoticeWords) -> _Said:
    name = _name(ad, sponsor)
    if ad.payer is None or name is None or skeleton(ad.payer) == skeleton(name):
        return _Said(left_out=words.say("sponsor-pays"))
    return _Said((ad.payer, ad.payer_address), ("email",))


def _period(ad: Ad, words: NoticeWords) -> _Said:
    return _Said(
        (
            words.say("from", day=_day(ad.started_at)) if ad.started_at else None,
            words.say("to", day=_day(ad.ended_at)) if ad.ended_at else None,
        ),
        (None if ad.started_at else "start", None if ad.ended_at else "end"),
    )


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def _sum(money: Money, words: NoticeWords) -> str:
    lower = words.number(money.lower)
    if money.lower == money.upper:
        return f"{lower} {money.currency}"
    if money.upper is None:
        return words.say("at-least-open", lower=lower, currency=money.currency)
    return words.say("at-least", lower=lower, currency=money.currency, upper=words.number(money.upper))


def _amount(spend: Money | None, words: NoticeWords) -> _Said:
    if spend is None:
        return _Said(missing=("total",))
    return _Said((_sum(spend, words),), ("range",) if spend.lower != spend.upper else ())


def _campaign(declared: Declaration, words: NoticeWords) -> _Said:
    if declared.campaign is not None:
        ranged = declared.campaign.lower != declared.campaign.upper
        return _Said((_sum(declared.campaign, words), words.say("declared")), ("range",) if ranged else ())
    if declared.in_campaign is False:
        return _Said(left_out=words.say("no-campaign"))
    return _Said(missing=("campaign-total" if declared.in_campaign else "campaign",))


def _origin(declared: Declaration, words: NoticeWords) -> _Said:
    told = [words.say(one) for one in (declared.origin, declared.whence) if one]
    return _Said(
        (*told, words.say("declared") if told else None),
        (None if declared.origin else "origin", None if declared.whence else "origin-place"),
    )


def _method(ad: Ad, declared: Declaration, words: NoticeWords) -> _Said:
    if declared.method:
        return _Said((declared.method, words.say("declared")))
    return _Said((words.say("as-source", source=ad.source),) if ad.spend else (), ("method",))


def _linked(known: Known, words: NoticeWords) -> _Said:
    if known.declared.linked is not None:
        if not known.linked:
            return _Said(left_out=words.say("not-linked"))
        return _Said(
            (*(words.say("linked", what=_election(one, words)) for one in known.linked), words.say("declared"))
        )
    return _Said((words.say("near", what=_election(one, words)) for one in known.elections), ("link",))


def _election(one: Election | str, words: NoticeWords) -> str:
    if isinstance(one, str):
        return one
    name = words.elections.get(one.id, one.name)
    if len(one.days) == 1:
        return words.say("day", name=name, first=one.days[0])
    return words.say("days", name=name, first=one.days[0], last=one.days[-1])


def _official(known: Known, words: NoticeWords) -> _Said:
    about = known.elections if known.declared.linked is None else known.linked
    pages = dict.fromkeys(one.official for one in about if isinstance(one, Election))
    return _Said(pages) if pages else _Said(left_out=words.say("no-election"))


def _notifying(publisher: Publisher, words: NoticeWords) -> _Said:
    contact = publisher.contact and words.say("write-to", name=publisher.name, contact=publisher.contact)
    return _Said((words.say("tell-us"), publisher.flag_at, contact))


def _suspended(ad: Ad, words: NoticeWords) -> _Said:
    if ad.removed is None:
        return _Said(left_out=words.say("not-suspended"))
    return _Said((words.say("removed", day=_day(ad.removed.at), reason=words.removals[ad.removed.reason]),))


def _targeted(ad: Ad, declared: Declaration, words: NoticeWords) -> _Said:
    aimed = words.say("aimed") if ad.targeting else None
    if declared.personal_data is None:
        return _Said((aimed,), ("personal-data",))
    return _Said((aimed, words.say("personal-data" if declared.personal_data else "no-personal-data")))


def _techniques(ad: Ad, declared: Declaration, words: NoticeWords) -> _Said:
    unsaid = declared.techniques is None and declared.personal_data is not False
    return _Said(
        (
            *(_group(one, words) for one in ad.targeting),
            declared.techniques,
            words.say("declared") if declared.techniques else None,
            _counted(ad.impressions, words),
            words.say("clicks", count=words.number(ad.clicks)) if ad.clicks is not None else None,
        ),
        (
            "groups" if unsaid and not ad.targeting else None,
            *(("techniques", "logic", "ai", "policy") if unsaid else ()),
            None if ad.impressions else "views",
            None if ad.clicks is not None else "engagements",
        ),
    )


def _group(one: Targeting, words: NoticeWords) -> str:
    return words.say("kept-from" if one.excluded else "aimed-at", dimension=one.dimension, value=one.value)


def _counted(count: Count | None, words: NoticeWords) -> str | None:
    if count is None:
        return None
    lower = words.number(count.lower)
    if count.lower == count.upper:
        return words.say("views", count=lower)
    if count.upper is None:
        return words.say("views-open", lower=lower)
    return words.say("views-between", lower=lower, upper=words.number(count.upper))


def _data_rights(ad: Ad, declared: Declaration, words: NoticeWords) -> _Said:
    if declared.rights:
        return _Said((declared.rights, words.say("declared")))
    used = bool(ad.targeting) if declared.personal_data is None else declared.personal_data
    if not used:
        return _Said(left_out=words.say("only-personal-data"))
    return _Said(missing=("controller-of-data", "rights"))
