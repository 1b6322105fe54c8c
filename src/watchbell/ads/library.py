"""Ads as the public gets them: the document that the JSON API answers with, and the table of a bulk dump.

The API's fields carry the names and types of Meta's Ad Library API (`ads_archive`; the types as Meta's own client has
them, facebookresearch/Radlibrary, `R/archived_ads.R`), so that scripts written for it read ours; what that API has no
field for stands under `watchbell`. A person who decided is never named, only that one did.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from watchbell.model.ads import FIRST_PASS, Ad, AdDecision, AdVersion, Count, Money


def document(ad: Ad, decision: AdDecision | None, *, page_address: str) -> dict[str, Any]:
    """Return an ad as the API tells it.

    Args:
        ad: the ad.
        decision: the one that stands, if there is one.
        page_address: where people see it.
    """
    return {
        "id": ad.id,
        "ad_snapshot_url": page_address,
        "page_id": ad.account_id,
        "page_name": ad.advertiser,
        "bylines": ad.payer,
        "ad_creative_bodies": [ad.text] if ad.text else [],
        "ad_creative_link_captions": list(ad.links),
        "ad_delivery_start_time": ad.started_at.isoformat() if ad.started_at else None,
        "ad_delivery_stop_time": ad.ended_at.isoformat() if ad.ended_at else None,
        "currency": ad.spend.currency if ad.spend else None,
        "spend": _bounds(ad.spend),
        "impressions": _bounds(ad.impressions),
        "publisher_platforms": ad.platform.split(", "),
        "languages": [ad.language] if ad.language else [],
        "target_countries": [ad.country] if ad.country else [],
        "target_ages": _aimed(ad, "age"),
        "target_gender": ", ".join(_aimed(ad, "gender")) or None,
        "target_locations": [
            {"name": aim.value, "excluded": aim.excluded} for aim in ad.targeting if aim.dimension == "region"
        ],
        "delivery_by_region": [
            {"region": one.region, "percentage": str(one.share)} for one in ad.seen_by if one.region
        ],
        "demographic_distribution": [
            {"age": one.age, "gender": one.gender, "percentage": str(one.share)} for one in ad.seen_by if not one.region
        ],
        "watchbell": _ours(ad, decision),
    }


def _ours(ad: Ad, decision: AdDecision | None) -> dict[str, Any]:
    """Return what Meta's API has no field for."""
    return {
        "source": ad.source,
        "disclaimer": ad.disclaimer,
        "registration_id": ad.registration_id,
        "payer_address": ad.payer_address,
        "admin_countries": list(ad.admin_countries),
        "clicks": ad.clicks,
        "targeting": [target.model_dump() for target in ad.targeting],
        "media": list(ad.media),
        "pictures": [picture.model_dump() for picture in ad.pictures],
        "reports_payer": ad.reports_payer,
        "declared_political": ad.declared_political,
        "made_up": ad.synthetic,
        "sums_up": ad.sums_up,
        "removed": ad.removed.model_dump(mode="json") if ad.removed else None,
        "decision": _decision(decision) if decision else None,
    }


def version_document(version: AdVersion) -> dict[str, Any]:
    """Return a version as the API tells it. `sha256` is that of the text in `record`, character for character."""
    return {
        "number": version.number,
        "since": version.at.isoformat(),
        "event": version.event,
        "changed": list(version.changed),
        "sha256": version.digest,
        "restoration": version.restoration.model_dump(mode="json") if version.restoration else None,
        "record": version.record,
    }


def _bounds(given: Money | Count | None) -> dict[str, str | None] | None:
    """Return lower and upper bound as the API writes them: text, and no upper one where the source says "more than"."""
    if given is None:
        return None
    return {"lower_bound": str(given.lower), "upper_bound": None if given.upper is None else str(given.upper)}


def _aimed(ad: Ad, dimension: str) -> list[str]:
    """Return what it was aimed at: Meta's fields have no place for what it was kept away from, save for locations."""
    return [aim.value for aim in ad.targeting if aim.dimension == dimension and not aim.excluded]


def _decision(decision: AdDecision) -> dict[str, Any]:
    said = decision.model_dump(mode="json", exclude={"ad_id", "decided_by", "proposed"})
    return said | {"by_person": decision.decided_by != FIRST_PASS}


_TARGET = pl.Struct({"dimension": pl.String, "value": pl.String, "excluded": pl.Boolean})
_SEEN = pl.Struct(dict.fromkeys(["share", "region", "age", "gender"], pl.String))
_PICTURE = pl.Struct(
    dict.fromkeys(["name", "sha256", "media_type", "pdq", "words", "problem"], pl.String)
    | dict.fromkeys(["size", "width", "height"], pl.Int64)
)
_FINDING = pl.Struct({"code": pl.String, "quote": pl.String, "reason": pl.String})
_SPEND = pl.Struct({"currency": pl.String, "lower": pl.String, "upper": pl.String})
_IMPRESSIONS = pl.Struct({"lower": pl.Int64, "upper": pl.Int64})
_DISCLAIMER = pl.Struct({"state": pl.String, "payer": pl.String, "quote": pl.String, "reason": pl.String})
_WORDS = (
    *("id", "source", "platform", "text", "advertiser", "payer", "payer_address", "registration_id", "disclaimer"),
    *("language", "country", "account_id"),
)
_TIMES = ("started_at", "ended_at")
_LISTS = ("links", "media", "admin_countries")
_REMOVAL = pl.Struct(dict.fromkeys(["reason", "note", "by", "at"], pl.String))
_AD = pl.Struct(
    dict.fromkeys((*_WORDS, *_TIMES), pl.String)
    | dict.fromkeys(["declared_political", "reports_payer", "synthetic"], pl.Boolean)
    | {"clicks": pl.Int64, "sums_up": pl.Int64}
    | {"spend": _SPEND, "impressions": _IMPRESSIONS, "targeting": pl.List(_TARGET), "removed": _REMOVAL}
    | {"seen_by": pl.List(_SEEN), "pictures": pl.List(_PICTURE)}
    | dict.fromkeys(_LISTS, pl.List(pl.String))
)
_DECISION = pl.Struct(
    dict.fromkeys(["verdict", "political_reason", "rules_version", "decided_at", "decided_by", "reason"], pl.String)
    | {"political": pl.Boolean, "political_probability": pl.Float64}
    | {"policies": pl.List(_FINDING), "disclaimer": _DISCLAIMER}
)


def dump_table(ads: Sequence[str], decisions: Sequence[str | None]) -> pl.DataFrame:
    """Return ads and the decisions on them as rows of a bulk dump, from their records as JSON text.

    Sums are exact decimals as text, times are UTC. `targeting`, `seen_by`, `pictures` and `policies` are lists of
    structs.
    """
    told = pl.DataFrame(
        {
            "ad": _decoded(ads, _AD),
            "decision": _decoded(decisions, _DECISION),
        }
    )
    ad, decision = pl.col("ad").struct, pl.col("decision").struct
    nested = ("targeting", "seen_by", "pictures")
    plain = (*_WORDS, "declared_political", "reports_payer", "clicks", "sums_up", *nested, *_LISTS)
    return told.select(
        *(ad.field(name) for name in plain),
        *(_time(ad.field(name)) for name in _TIMES),
        *(ad.field("spend").struct.field(name).alias(f"spend_{name}") for name in ("currency", "lower", "upper")),
        *(ad.field("impressions").struct.field(name).alias(f"impressions_{name}") for name in ("lower", "upper")),
        *(decision.field(name) for name in ("verdict", "political", "political_probability", "political_reason")),
        decision.field("policies"),
        decision.field("disclaimer").struct.field("state").alias("disclaimer_state"),
        decision.field("reason").alias("decision_reason"),
        decision.field("rules_version"),
        _time(decision.field("decided_at")),
        (decision.field("decided_by") != FIRST_PASS).alias("decided_by_person"),
        ad.field("synthetic").alias("made_up"),
        *(ad.field("removed").struct.field(name).alias(f"removed_{name}") for name in ("reason", "note", "by")),
        _time(ad.field("removed").struct.field("at")).alias("removed_at"),
    )


def fields_of(ads: Sequence[str], names: Iterable[str]) -> pl.DataFrame:
    """Return some fields of ads, from their records as JSON text: a column for each name, times as UTC.

    Spend and impressions are structs of their bounds, as text.
    """
    wanted = pl.Struct([field for field in _AD.fields if field.name in set(names)])
    told = _decoded(ads, wanted).struct.unnest()
    return told.with_columns(_time(pl.col(name)) for name in _TIMES if name in told.columns)


def flat(table: pl.DataFrame) -> pl.DataFrame:
    """Return a dump's rows for a spreadsheet: nothing nested, nothing it takes for a formula (OWASP, CSV injection)."""
    target = pl.element().struct
    aims = (
        pl.when(target.field("excluded")).then(pl.lit("not ")).otherwise(pl.lit(""))
        + target.field("dimension")
        + ": "
        + target.field("value")
    )
    seen = pl.element().struct
    who = pl.concat_str(
        *(seen.field(name) for name in ("region", "age", "gender", "share")), separator=" ", ignore_nulls=True
    )
    shown = pl.concat_str(*(seen.field(name) for name in ("sha256", "pdq", "words")), separator=" ", ignore_nulls=True)
    plain = table.with_columns(
        pl.col("targeting").list.eval(aims).list.join("; "),
        pl.col("seen_by").list.eval(who).list.join("; "),
        pl.col("pictures").list.eval(shown).list.join("; "),
        pl.col("policies").list.eval(pl.element().struct.field("code")).list.join(" "),
        pl.col(_LISTS).list.join(" "),
    )
    words = pl.col(pl.String)
    return plain.with_columns(
        pl.when(words.str.contains(r"^[=+\-@\t\r\n]")).then("'" + words).otherwise(words).name.keep()
    )


# The decoder holds what it is given once more as it works: so many at once take half the time that 25,000 take.
_DECODED_AT_ONCE = 2_000


def _decoded(texts: Sequence[str | None], shape: pl.Struct) -> pl.Series:
    """Return JSON texts as structs, in chunks."""
    pieces = [
        pl.Series(texts[at : at + _DECODED_AT_ONCE], dtype=pl.String) for at in range(0, len(texts), _DECODED_AT_ONCE)
    ]
    decoded = [piece.str.json_decode(shape) for piece in pieces]
    return pl.concat(decoded, rechunk=False) if decoded else pl.Series([], dtype=shape)


def _time(written: pl.Expr) -> pl.Expr:
    return written.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
