"""The warning list: hosts that everybody shares, and the hosts below them that are somebody's own."""

import re

import pytest

from watchbell.match.shared_hosts import parents, warning_list, why_shared
from watchbell.model.addresses import canonical_host


@pytest.mark.parametrize(
    "host",
    [
        "twitter.com", "mobile.twitter.com", "x.com", "www.youtube.com", "youtu.be", "t.me", "medium.com", "linktr.ee",
        "m.facebook.com", "instagram.com", "tiktok.com", "vk.com", "old.reddit.com", "wordpress.com", "blogspot.com",
        "telegra.ph", "bit.ly", "drive.google.com", "sites.google.com", "github.com", "firebaseio.com", "appspot.com",
        "www.wordpress.com", "co.uk", "com",
    ],
)  # fmt: skip
def test_a_shared_host_says_why(host: str) -> None:
    assert why_shared(host)


@pytest.mark.parametrize(
    "host",
    [
        "bad.example",
        "someone.wordpress.com",
        "deep.someone.blogspot.com",
        "news-fbcb4.firebaseio.com",
        "author.medium.com",
        "park-sehannn-san-no.quora.com",
        "nottwitter.com",
        "twitter.com.bad.example",
    ],
)
def test_what_belongs_to_somebody_is_not_shared(host: str) -> None:
    assert why_shared(host) is None


def test_the_list_is_versioned_and_names_its_source() -> None:
    listed = warning_list()
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", listed.version)
    assert "Meta" in listed.source
    assert len(listed.hosts) > 200


def test_every_entry_is_a_canonical_host_with_a_reason() -> None:
    for host, entry in warning_list().hosts.items():
        assert canonical_host(host) == host
        assert entry.reason
        assert why_shared(host) == entry.reason


def test_the_hosts_above_a_host() -> None:
    assert parents("a.b.c") == ["b.c", "c"]
    assert parents("c") == []
