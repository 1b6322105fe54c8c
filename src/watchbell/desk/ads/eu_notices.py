"""Transparency notices at the desk: made from what is known of an ad, and kept as they were seen."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote

from pydantic import ValidationError

from watchbell.ads.elections.calendar import Calendar
from watchbell.ads.notices.transparency import Known, Publisher, is_under_the_regulation, label_of, notice_of, words_for
from watchbell.ads.notices.words import NoticeWords, notice_languages
from watchbell.desk.advertisers.evidence_checks import storable
from watchbell.errors import UsageError
from watchbell.model.ads import Ad, Declaration
from watchbell.model.advertisers import Advertiser, EvidenceVerdict, PayerDisclaimer
from watchbell.model.notices import DeclaredVersion, NoticeVersion, TransparencyNotice
from watchbell.settings import Settings
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

FLAG_AT = "/library/flag/"
"""Where an ad is flagged, before its id."""
# Of disclaimers that were made before they kept whom they name.
_CONTROLLER = re.compile(r"The sponsor is controlled by (.+?)\.?$")


class Label(NamedTuple):
    """The label that an ad bears in the Union, and the code of the language in which it is."""

    text: str
    language: str


def publisher_of(settings: Settings, ad_id: str) -> Publisher:
    """Return who runs the library, as notices name them, and where anyone may say that an ad does not comply.

    That is a path in the library: under which name a house is asked must not change what its notices say.
    """
    return Publisher(f"{FLAG_AT}{quote(ad_id)}", settings.operator, settings.operator_contact)


def notice_versions(vault: Vault, ad_id: str, publisher: Publisher, now: datetime) -> list[NoticeVersion]:
    """Return the notice of an ad and what it was before, the version that stands first; none where none is needed.

    None either of an ad whose content a removal hides: it tells who paid, and whom the ad was aimed at.

    The notice is made anew each time it is asked for, in the ad's language, and kept where it says something else than
    the last one: so what was shown is kept, and nothing stale is shown.

    Args:
        vault: the records.
        ad_id: the ad's id.
        publisher: who runs the library.
        now: the present.
    """
    found = _known(vault, ad_id, publisher)
    if found is None:
        return []
    vault.ad_notices.keep(notice_of(*found), now)
    return vault.ad_notices.versions(ad_id)


def notice_in(vault: Vault, ad_id: str, publisher: Publisher, language: str) -> TransparencyNotice:
    """Return the notice as it stands in another language than the ad's: for readers, and not kept.

    Raises:
        UsageError: the ad needs none, or it is not written in this language.
    """
    found = _known(vault, ad_id, publisher)
    if found is None:
        raise UsageError("This ad needs no transparency notice.")
    return notice_of(*found, words=words_of(language))


def words_of(language: str) -> NoticeWords:
    """Return the words of notices in a language.

    Raises:
        UsageError: there are none.
    """
    known = notice_languages()
    if language not in known:
        raise UsageError(f"Notices are written in {', '.join(known)}, not in {language!r}.")
    return known[language]


def eu_label(vault: Vault, ad_id: str) -> Label | None:
    """Return the label that an ad bears in the Union; None where it needs none."""
    found = _known(vault, ad_id, Publisher(""))
    return None if found is None else Label(label_of(*found), words_for(found[0]).language)


def drafted_declaration(told: Mapping[str, object]) -> Declaration:
    """Return what a sponsor declares, as a form or a command tells it; what is empty is not declared.

    Raises:
        UsageError: a field cannot be; the message names it.
    """
    given = {name: storable(value) if isinstance(value, str) else value for name, value in told.items()}
    try:
        declared = Declaration.model_validate({name: value for name, value in given.items() if value not in (None, "")})
    except ValidationError as error:
        found = error.errors()[0]
        field = ".".join(map(str, found["loc"]))
        raise UsageError(f"The field {field} of the declaration cannot be used: {found['msg']}.") from error
    if declared.campaign is not None and declared.in_campaign is False:
        raise UsageError("The ad is part of no campaign, and yet a campaign's total is given. Leave one of them out.")
    return declared


def declare(
    vault: Vault, advertiser: Advertiser, ad_id: str, declaration: Declaration, *, by: str, now: datetime
) -> DeclaredVersion:
    """Keep what an advertiser declares of an ad of theirs; it stands in the ad's notice from now on.

    Args:
        vault: the records.
        advertiser: whose the ad is.
        ad_id: the ad.
        declaration: what they declare, all of it.
        by: the account, or who enters it at the command line.
        now: the present.

    Raises:
        UsageError: the ad is not theirs or needs no notice, or an election is not in the calendar.
    """
    paid = vault.payers.of_ads([ad_id]).get(ad_id)
    if paid is None or paid.advertiser_id != advertiser.id:
        raise UsageError(f"The ad {ad_id} is not known to be this advertiser's.")
    if _known(vault, ad_id, Publisher("")) is None:
        raise UsageError(f"The ad {ad_id} needs no transparency notice, so nothing is declared of it.")
    # The ledger is never erased, and a sponsor may be a person: it says of what something was declared, not what.
    details = {"advertiser": advertiser.id, "declared": sorted(declaration.model_dump(exclude_defaults=True))}
    return vault.ad_notices.declare(ad_id, declaration, Entry(by, "notice.declared", ad_id, details, now))


def declaration_of(vault: Vault, ad: Ad) -> Declaration:
    """Return what is declared of an ad: by its advertiser here, else by its source."""
    here = next(iter(vault.ad_notices.declared(ad.id)), None)
    return here.declaration if here else ad.declaration or Declaration()


def _known(vault: Vault, ad_id: str, publisher: Publisher) -> tuple[Ad, Known] | None:
    ad = vault.ads.get(ad_id)
    if ad is None or ad.content_hidden:
        return None
    sponsor, controller = _sponsor(vault, ad_id)
    decision = vault.ads.decision(ad_id)
    political = decision.political if decision else ad.declared_political
    if not is_under_the_regulation(ad, sponsor, political=political):
        return None
    shown = vault.advertisers.evidence(sponsor.id) if sponsor else []
    calendar, declared = Calendar.bundled(), declaration_of(vault, ad)
    first = ad.started_at.astimezone(UTC).date() if ad.started_at else None
    return ad, Known(
        publisher,
        sponsor,
        proved=any(one.step == "identity" and one.verdict is EvidenceVerdict.ACCEPTED for one in shown),
        controller=controller,
        elections=calendar.near(first, ad.country or "EU") if first else (),
        declared=declared,
        linked=tuple(calendar.election(one) or one for one in declared.linked or ()),
    )


def _sponsor(vault: Vault, ad_id: str) -> tuple[Advertiser | None, str | None]:
    """Return the advertiser whose ad it is, and who controls them by the words that it runs under."""
    paid = vault.payers.of_ads([ad_id]).get(ad_id)
    if paid is None:
        return None, None
    advertiser = vault.advertisers.get(paid.advertiser_id)
    words = [one for one in vault.advertisers.disclaimers(paid.advertiser_id) if one.id == paid.disclaimer_id]
    return advertiser, _controller(words[0]) if words else None


def _controller(words: PayerDisclaimer) -> str | None:
    named = _CONTROLLER.search(words.text)
    return words.behind or (named[1] if named else None)
