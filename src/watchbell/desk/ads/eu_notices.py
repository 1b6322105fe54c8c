"""Transparency notices at the desk: made from what is known of an ad, and kept as they were seen."""

import re
from datetime import UTC, datetime

from watchbell.ads.calendar import Calendar
from watchbell.ads.eu_notice import Known, is_under_the_regulation, label_of, notice_of
from watchbell.model.ads import Ad
from watchbell.model.advertisers import Advertiser
from watchbell.model.notices import NoticeVersion
from watchbell.vault.vault import Vault

# As `ads.payer_statements` composes it.
_CONTROLLER = re.compile(r"The sponsor is controlled by (.+?)\.?$")


def notice_versions(vault: Vault, ad_id: str, flag_at: str, now: datetime) -> list[NoticeVersion]:
    """Return the notice of an ad and what it was before, the version that stands first; none where none is needed.

    None either of an ad whose content a removal hides: it tells who paid, and whom the ad was aimed at.

    The notice is made anew each time it is asked for, and kept where it says something else than the last one: so what
    was shown is kept, and nothing stale is shown.

    Args:
        vault: the records.
        ad_id: the ad's id.
        flag_at: where anyone may say that the ad does not comply.
        now: the present.
    """
    found = _known(vault, ad_id, flag_at)
    if found is None:
        return []
    vault.ad_notices.keep(notice_of(*found), now)
    return vault.ad_notices.versions(ad_id)


def eu_label(vault: Vault, ad_id: str) -> str | None:
    """Return the label that an ad bears in the Union; None where it needs none."""
    found = _known(vault, ad_id, "")
    return None if found is None else label_of(*found)


def _known(vault: Vault, ad_id: str, flag_at: str) -> tuple[Ad, Known] | None:
    ad = vault.ads.get(ad_id)
    if ad is None or ad.content_hidden:
        return None
    sponsor, controller = _sponsor(vault, ad_id)
    decision = vault.ads.decision(ad_id)
    political = decision.political if decision else ad.declared_political
    if not is_under_the_regulation(ad, sponsor, political=political):
        return None
    first = ad.started_at.astimezone(UTC).date() if ad.started_at else None
    elections = Calendar.bundled().near(first, ad.country or "EU") if first else ()
    return ad, Known(flag_at, sponsor, controller, elections)


def _sponsor(vault: Vault, ad_id: str) -> tuple[Advertiser | None, str | None]:
    """Return the advertiser whose ad it is, and who controls them by the words that it runs under."""
    paid = vault.payers.of_ads([ad_id]).get(ad_id)
    if paid is None:
        return None, None
    advertiser = vault.advertisers.get(paid.advertiser_id)
    words = [one.text for one in vault.advertisers.disclaimers(paid.advertiser_id) if one.id == paid.disclaimer_id]
    named = _CONTROLLER.search(words[0]) if words else None
    return advertiser, named[1] if named else None
