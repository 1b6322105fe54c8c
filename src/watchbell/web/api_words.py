"""What the fields mean with which the library's API answers; a test holds them against an answer."""

ANSWERED = {
    "id": "The ad's id in this library: its source, and its id there.",
    "ad_snapshot_url": "The ad's page here.",
    "page_id": "Id of the page or account it ran from, where the source gives one.",
    "page_name": "Name of the page or account.",
    "bylines": "Who the source says paid.",
    "ad_creative_bodies": "Its words: a list of one, or empty where the source gives none.",
    "ad_creative_link_captions": "The addresses it leads to.",
    "ad_delivery_start_time": "When it was first shown, in UTC.",
    "ad_delivery_stop_time": "When it was last shown; null while it runs, or where nobody says.",
    "currency": "ISO 4217 code of the spend.",
    "spend": "lower_bound and upper_bound as exact decimals in text; the same where the source is exact, "
    "no upper one where it says “more than”.",
    "impressions": "How often it was shown, with bounds as for spend.",
    "publisher_platforms": "Where it ran.",
    "languages": "Its languages, where the source gives them.",
    "target_countries": "The countries it was aimed at.",
    "target_ages": "Ages it was aimed at.",
    "target_gender": "Genders it was aimed at, as the source writes them; null: it says nothing of them.",
    "target_locations": "Regions it was aimed at, or kept away from (excluded).",
    "delivery_by_region": "Where those were who saw it, where the source tells: percentage is a part of one, as text.",
    "demographic_distribution": "Ages and genders of those who saw it, likewise.",
    "watchbell": "What Meta's API has no field for; see below.",
}

OURS = {
    "source": "The library or reader it came through.",
    "disclaimer": "The disclaimer's words, where the source gives them.",
    "registration_id": "The registration that the advertiser claims.",
    "payer_address": "The payer's address, as the source gives it.",
    "admin_countries": "Countries of the page's administrators, where the source tells.",
    "clicks": "Clicks, where the source tells.",
    "targeting": "All that it was aimed at or kept away from: dimension, value, excluded.",
    "media": "Addresses or names of its pictures and films.",
    "pictures": "Those of them that are kept here: sha256, pdq, size, width, height, media_type, url, and the words "
    "that were read in them; problem says why one could not be taken or read.",
    "reports_payer": "Whether the source has a place for who paid; where not, a missing payer means nothing.",
    "declared_political": "Whether the advertiser or the source declared it political.",
    "made_up": "Whether it was made up for a demonstration.",
    "sums_up": "How many ads this record sums up; null: it is one ad.",
    "removed": "Its tombstone, if it was taken out: why, when, by whom.",
    "decision": "The decision that stands: verdict, reasons, the rules it touches with the words that do; null: none.",
    "alike_pictures": "Ids of the groups of ads that show nearly the same picture (PDQ, at most 31 bits apart).",
    "alike": "Id of the group of ads that say nearly the same; null: none was found.",
}
