"""Write the made-up scenario of the demo: posts, a partner's bundle and ads, always the same bytes.

    python scripts/make_scenario.py src/watchbell/desk/demo_data/scenario

Nothing in it is real. Host names end in `.example` (RFC 2606), account names in `_made_up`.
"""

import json
import random
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SEED = 20161108
LOOKALIKE = "herald-tribune-news.example"
IMITATED = "heraldtribune.example"
FIRST_DAY = datetime(2016, 10, 1, tzinfo=UTC)

CAMPAIGN = {
    "twitter": (
        "ballot_alarm_ohio",
        "count_it_honest",
        "real_precinct_news",
        "buckeye_truth_line",
        "lakeshore_patriot_page",
        "county_watchdog_daily",
        "votes_under_review",
        "your_ballot_matters_now",
        "harbor_city_insider",
    ),
    "telegram": ("honest_count_channel", "election_leaks_daily", "precinct_files", "ballot_room", "watch_the_clerks"),
}
ARTICLES = (
    "machines-switch-votes-in-three-counties",
    "clerk-hides-box-of-ballots",
    "thousands-registered-twice",
    "poll-workers-told-to-turn-people-away",
    "absentee-ballots-found-in-river",
    "county-software-sold-abroad",
    "observers-barred-from-count",
    "dead-voters-on-the-rolls",
    "printer-error-was-no-error",
    "judge-asked-to-stop-the-count",
    "second-set-of-keys-missing",
    "buses-bring-voters-from-next-state",
    "night-shift-at-the-counting-hall",
    "leaked-memo-on-recount",
)
CALLS = (
    "They will not print this.",
    "Share before it is gone.",
    "Ask your clerk about this.",
    "Why is nobody covering it?",
)
CAMPAIGN_TAGS = ("CountItHonest", "HarborCounty")

WIRE = ("river_valley_wire", "river_valley_wire_alerts")
HEADLINES = (
    "Road works on Route 9",
    "Council votes on library hours",
    "Fire service answers warehouse alarm",
    "School board posts minutes",
)

TALK = (
    "Anyone else stuck on the 14 bus this morning?",
    "Pumpkins are out at the farm stand, cash only.",
    "What a save in the second half.",
    "Registered at the library today, took five minutes.",
    "Leaves are down early this year.",
    "The diner on Fourth has its soup back.",
    "Reading the voter guide so I do not have to guess in the booth.",
    "Choir practice moved to Thursday.",
    "Watched the debate with the neighbours.",
    "Power is back on our street, thank you crews.",
)
PLACES = (
    f"https://{IMITATED}/local/weather",
    f"https://{IMITATED}/sports/high-school-scores",
    f"https://{IMITATED}/elections/voter-guide",
    "https://harborcounty.example/elections/polling-places",
    "https://transit.example/route-14",
    "https://farmstand.example/",
)
TOPICS = ("HarborCounty", "FridayNightLights", "Debate2016", "Autumn")

Post = dict[str, Any]


def account(name: str) -> str:
    """Return the name as every account of the scenario is called."""
    return f"{name}_made_up"


def post(platform: str, name: str, at: datetime, text: str, **more: Any) -> Post:
    """Return one post as the generic table source reads it; its id is given at the end, in order of time."""
    handle = account(name)
    fields = {"platform": platform, "account_id": handle, "account_name": handle, "created_at": at, "text": text}
    return {**fields, "lang": "en", "links": [], "hashtags": [], **more, "synthetic": True}


def article(day: datetime, slug: str) -> str:
    """Return the address of a story on the lookalike site."""
    return f"https://{LOOKALIKE}/{day:%Y/%m/%d}/{slug}"


def waves(dice: random.Random) -> list[tuple[datetime, str]]:
    """Return when the campaign pushes each story: every other day, at another time of day."""
    days = [
        FIRST_DAY + timedelta(days=2 * n, seconds=dice.randrange(13 * 3600, 23 * 3600)) for n in range(len(ARTICLES))
    ]
    return [(day, article(day, slug)) for day, slug in zip(days, ARTICLES, strict=True)]


def campaign_posts(dice: random.Random, pushes: list[tuple[datetime, str]]) -> Iterator[Post]:
    """Yield the pushes: every account misses two of them, so that any two share at least ten, within 8 seconds."""
    for platform, names in CAMPAIGN.items():
        for name in names:
            missed = dice.sample(range(len(pushes)), 2)
            for number, (start, link) in enumerate(pushes):
                if number not in missed:
                    at = start + timedelta(seconds=dice.randrange(9))
                    text = f"{dice.choice(CALLS)} {link}"
                    yield post(platform, name, at, text, links=[link], hashtags=[dice.choice(CAMPAIGN_TAGS)])
            for _ in range(4):  # what makes such an account look ordinary
                yield small_talk(dice, platform, name)


def wire_posts(dice: random.Random) -> Iterator[Post]:
    """Yield a news wire and its alert account: truly synchronised, and harmless."""
    for number in range(40):
        at = FIRST_DAY + timedelta(hours=18 * number, minutes=dice.randrange(60))
        link = f"https://rivervalleywire.example/story/{number + 1}"
        for delay, name in enumerate(WIRE):
            text = f"{HEADLINES[number % len(HEADLINES)]} (automatic feed) {link}"
            yield post("twitter", name, at + timedelta(seconds=delay), text, links=[link])


def small_talk(dice: random.Random, platform: str, name: str) -> Post:
    """Return an ordinary post, with a link every third time."""
    at = FIRST_DAY + timedelta(seconds=dice.randrange(30 * 86400))
    links = [dice.choice(PLACES)] if dice.random() < 1 / 3 else []
    tags = [dice.choice(TOPICS)] if dice.random() < 1 / 4 else []
    return post(platform, name, at, " ".join([dice.choice(TALK), *links]), links=links, hashtags=tags)


def organic_posts(dice: random.Random, pushes: list[tuple[datetime, str]]) -> Iterator[Post]:
    """Yield 120 people; every fourth believes a story and passes it on hours later."""
    for number in range(120):
        platform = "twitter" if number % 3 else "telegram"
        name = f"neighbour_{number + 1:03d}"
        for _ in range(dice.randrange(5, 11)):
            yield small_talk(dice, platform, name)
        if number % 4 == 0:
            for start, link in dice.sample(pushes, dice.randrange(1, 4)):
                at = start + timedelta(seconds=dice.randrange(2 * 3600, 30 * 3600))
                yield post(platform, name, at, f"Is this true? {link}", links=[link])


def posts() -> list[Post]:
    """Return every post of the scenario in order of time, numbered."""
    dice = random.Random(SEED)  # noqa: S311  # a scenario needs the same dice every time, not secret ones
    pushes = waves(dice)
    unnumbered = [*campaign_posts(dice, pushes), *wire_posts(dice), *organic_posts(dice, pushes)]
    in_order = sorted(unnumbered, key=lambda row: (row["created_at"], row["account_id"]))
    return [
        {**row, "post_id": f"made-up-{number:05d}", "created_at": utc(row["created_at"])}
        for number, row in enumerate(in_order, start=1)
    ]


def utc(at: datetime) -> str:
    """Write a time as STIX does."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


# Ids of the TLP 2.0 markings, the same everywhere (OASIS, STIX extension "TLP 2.0").
TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP_IDS = {
    "green": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "amber": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
}
PARTNER = "Harbour Election Watch (made up)"
PUBLISHED = datetime(2016, 10, 6, 9, tzinfo=UTC)


def stix_id(kind: str, name: str) -> str:
    """Return the id that an object of the scenario always has, written as the version 4 that STIX 2.1 asks for."""
    named = uuid.uuid5(uuid.NAMESPACE_DNS, f"{kind}.{name}.scenario.example")
    return f"{kind}--{uuid.UUID(bytes=named.bytes, version=4)}"


def marking(label: str) -> dict[str, Any]:
    """Return the TLP 2.0 marking definition as OASIS publishes it."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP_IDS[label],
        "created": "2022-10-01T00:00:00.000Z",
        "name": f"TLP:{label.upper()}",
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": label}},
    }


def indicator(name: str, pattern: str, label: str, confidence: int) -> dict[str, Any]:
    """Return one STIX 2.1 indicator of the made-up partner."""
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": stix_id("indicator", name),
        "created_by_ref": stix_id("identity", "partner"),
        "created": utc(PUBLISHED),
        "modified": utc(PUBLISHED),
        "name": name,
        "description": "Made up for a demonstration.",
        "indicator_types": ["malicious-activity"],
        "pattern": pattern,
        "pattern_type": "stix",
        "valid_from": utc(PUBLISHED),
        "confidence": confidence,
        "labels": ["synthetic"],
        "object_marking_refs": [TLP_IDS[label]],
    }


def account_pattern(platform: str, name: str) -> str:
    """Return the pattern for an account by its public name."""
    return f"[user-account:account_type = '{platform}' AND user-account:account_login = '{account(name)}']"


def bundle() -> dict[str, Any]:
    """Return what the partner had already published: the lookalike, two accounts, and a site that nobody here used."""
    identity = {
        "type": "identity",
        "spec_version": "2.1",
        "id": stix_id("identity", "partner"),
        "created": utc(PUBLISHED),
        "modified": utc(PUBLISHED),
        "name": PARTNER,
        "description": "An invented organisation.",
        "identity_class": "organization",
        "labels": ["synthetic"],
    }
    indicators = [
        indicator(f"Imitates {IMITATED}", f"[domain-name:value = '{LOOKALIKE}']", "green", 90),
        indicator("Site that posed as a clerk", "[domain-name:value = 'county-clerk-help.example']", "green", 70),
        indicator("Posts with the lookalike", account_pattern("twitter", CAMPAIGN["twitter"][0]), "amber", 60),
        indicator("Channel of the lookalike", account_pattern("telegram", CAMPAIGN["telegram"][0]), "amber", 60),
    ]
    return {
        "type": "bundle",
        "id": stix_id("bundle", "partner"),
        "objects": [identity, marking("green"), marking("amber"), *indicators],
    }


def usd(amount: int) -> dict[str, Any]:
    """Return an exact sum in US dollars."""
    return {"currency": "USD", "lower": amount, "upper": amount}


def ads() -> list[dict[str, Any]]:
    """Return three ads: the campaign's, a candidate's, and a reminder to vote."""
    shared = {"platform": "facebook", "language": "en", "country": "US", "declared_political": True, "synthetic": True}
    campaign = {
        "id": "made-up-1",
        "text": "Skip the queue on 8 November: this year you can vote by text. Send your candidate's name to 00000 "
        f"and stay at home. How it works: https://{LOOKALIKE}/vote-by-text",
        "advertiser": "Honest Count Page (made up)",
        "payer": "Citizens for Honest Counting PAC",
        "registration_id": "C99999999",
        "disclaimer": "Paid for by Citizens for Honest Counting PAC",
        "spend": usd(2400),
        "impressions": {"lower": 90000, "upper": 100000},
        "started_at": "2016-10-19T14:00:00Z",
        "ended_at": "2016-10-26T14:00:00Z",
        "targeting": [{"dimension": "region", "value": "Ohio"}, {"dimension": "age", "value": "18-29"}],
        "links": [f"https://{LOOKALIKE}/vote-by-text"],
    }
    candidate = {
        "id": "made-up-2",
        "text": "Marisol Tennant for Harbor County Commissioner. She fixed the ferry timetable; now she wants to fix "
        "the bridge. Meet her at the market hall on Saturday.",
        "advertiser": "Marisol Tennant (made up)",
        "payer": "Committee to Elect Marisol Tennant",
        "payer_address": "12 Quay Street, Harbor City",
        "disclaimer": "Paid for by the Committee to Elect Marisol Tennant",
        "spend": usd(350),
        "impressions": {"lower": 10000, "upper": 15000},
        "started_at": "2016-10-10T12:00:00Z",
        "ended_at": "2016-11-07T12:00:00Z",
        "targeting": [{"dimension": "region", "value": "Harbor County"}],
        "links": ["https://marisol-tennant.example/"],
    }
    reminder = {
        "id": "made-up-3",
        "text": "Election Day is Tuesday, 8 November. Polls are open from 6:30 to 19:30. Find your polling place and "
        "bring a neighbour.",
        "advertiser": "Harbor County Voters' Circle (made up)",
        "payer": "Harbor County Voters' Circle",
        "disclaimer": "Paid for by Harbor County Voters' Circle",
        "spend": usd(120),
        "impressions": {"lower": 5000, "upper": 10000},
        "started_at": "2016-10-28T12:00:00Z",
        "ended_at": "2016-11-08T12:00:00Z",
        "targeting": [{"dimension": "region", "value": "Harbor County"}],
        "links": ["https://harborcounty.example/elections/polling-places"],
    }
    return [{**ad, **shared} for ad in (campaign, candidate, reminder)]


def lines(rows: list[dict[str, Any]]) -> str:
    """Write rows as JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main(folder: Path) -> None:
    """Write the three files of the scenario into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "posts.jsonl").write_text(lines(posts()), encoding="utf-8")
    (folder / "ads.jsonl").write_text(lines(ads()), encoding="utf-8")
    (folder / "partner_bundle.json").write_text(json.dumps(bundle(), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
