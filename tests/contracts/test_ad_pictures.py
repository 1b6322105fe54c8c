"""Pictures of ads, in both databases: what is known of them, and which ads show nearly the same one."""

from datetime import UTC, datetime

from watchbell.model.ads import Ad, Picture, Removal, RemovalReason
from watchbell.vault.ads import AdQuery
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def ad(number: int, *pictures: Picture) -> Ad:
    named = tuple(picture.name for picture in pictures)
    return Ad(id=f"jsonl:{number}", source="jsonl", platform="facebook", media=named, pictures=pictures)


def picture(name: str, digit: str, words: str | None = None) -> Picture:
    return Picture(name=name, sha256=digit * 64, media_type="image/png", pdq=digit * 64, words=words)


def test_pictures_are_known_by_their_ads_and_found_by_their_words(vault: Vault) -> None:
    one, other = picture("a.png", "a", "Vote on Tuesday"), Picture(name="b.png", problem="it is no picture")
    vault.ads.add([ad(1, one, other), ad(2), Ad(id="jsonl:3", source="jsonl", platform="x", text='"pictures":[{')])
    assert vault.ad_pictures.of_ads(["jsonl:1", "jsonl:2"]) == {"jsonl:1": (one, other)}
    assert vault.ad_pictures.hashed() == [("jsonl:1", "a" * 64, "a" * 64)]
    assert [found.id for found, _ in vault.ads.search(AdQuery(text="tuesday")).ads] == ["jsonl:1"]


def test_an_ad_may_be_in_several_groups_and_leaves_them_when_it_is_hidden(vault: Vault) -> None:
    vault.ads.add([ad(1, picture("a.png", "a"), picture("b.png", "b")), ad(2, picture("a.png", "a"))])
    vault.ads.add([ad(3, picture("b.png", "b"))])
    groups = {"jsonl:1": ["a" * 64, "b" * 64], "jsonl:2": ["a" * 64], "jsonl:3": ["b" * 64]}
    for _ in range(2):
        vault.ad_pictures.put_groups((ad_id, group) for ad_id, mine in groups.items() for group in mine)
        assert vault.ad_pictures.groups_of(groups) == groups
    assert [one.id for one in vault.ad_pictures.alike("jsonl:1")] == ["jsonl:2", "jsonl:3"]
    removal = Removal(reason=RemovalReason.PERSONAL_DATA, by="house", at=NOW)
    vault.ads.remove("jsonl:1", removal, Entry("ana", "ad.removed", "jsonl:1", {}, NOW))
    assert vault.ad_pictures.alike("jsonl:2") == []
    assert vault.ad_pictures.of_ads(["jsonl:1"]) == {}
