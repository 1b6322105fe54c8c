"""The report stands alone: nothing is fetched, nothing runs, and strangers' words stay words."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import polars as pl
import pyarrow as pa
import pytest

from watchbell.desk.investigations.investigate import Question, description, investigate
from watchbell.desk.investigations.report import MOST_GROUPS, Background, report
from watchbell.desk.investigations.runs import KeptRun
from watchbell.detect.facts import facts_of_groups
from watchbell.model.actions import ACTIONS

NOW = datetime(2021, 6, 9, tzinfo=UTC)
START = datetime(2021, 6, 8, 10, tzinfo=UTC)
EVIL = "x:<script>alert(1)</script>\x00\u202e\"'&"
VOID = {"meta", "br"}


class Page(HTMLParser):
    """What a browser would see, and whether every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def acted(accounts: list[str], groups: int = 1) -> pa.Table:
    rows = [
        (
            "link",
            f"{account}{group or ''}",
            f"https://news.example/{group}/{thing}",
            START + timedelta(hours=thing, seconds=at),
        )
        for group in range(groups)
        for thing in range(3)
        for at, account in enumerate(accounts)
    ]
    return pa.Table.from_pylist([dict(zip(ACTIONS.names, [*row, None], strict=True)) for row in rows], ACTIONS)


def page_of(actions: pa.Table, why: str = "") -> str:
    findings = investigate(actions, Question(("link",), 60, 2))
    described = description(findings, ["posts.csv"], 7, NOW)
    run = KeptRun(described, pl.DataFrame(findings.pairs).lazy(), pl.DataFrame(findings.groups))
    if why:
        return report(run, None, why)
    facts = facts_of_groups(findings.groups, findings.kept, actions)
    return report(run, Background(pl.DataFrame(actions), {each.group_id: each for each in facts}))


def test_names_of_accounts_are_text_and_nothing_else() -> None:
    page = Page(page_of(acted([EVIL, "y", "z"])))
    assert not page.open
    assert not {"script", "link", "img", "iframe", "object"} & {name for name, _ in page.tags}
    assert EVIL.replace("\x00", "") in page.text


def test_nothing_is_asked_of_anybody() -> None:
    page = Page(page_of(acted(["x", "y", "z"])))
    attributes = [(name, value or "") for _, attrs in page.tags for name, value in attrs.items()]
    assert not [pair for pair in attributes if pair[0] in {"src", "href", "style"} or pair[0].startswith("on")]
    [policy] = [attrs["content"] for name, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert policy
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_it_says_what_was_asked_what_it_does_not_mean_and_how_to_cite_it() -> None:
    words = " ".join(Page(page_of(acted(["x", "y", "z"]))).text)
    for said in ("Synchronised is not yet coordinated", "posts.csv", "How to cite", "Limits", "window 60 s", "7 rows"):
        assert said in words


def test_every_picture_and_scrolling_part_has_a_name() -> None:
    page = Page(page_of(acted(["x", "y", "z"])))
    assert all(attrs.get("aria-label") for name, attrs in page.tags if name == "svg")
    assert all(attrs.get("aria-label") for _, attrs in page.tags if attrs.get("role") == "region")
    assert [attrs for name, attrs in page.tags if name == "svg" and attrs["class"] == "timeline"]


def test_it_tells_the_facts_of_each_group_and_marks_declared_outlets() -> None:
    words = " ".join(Page(page_of(acted(["twitter:x", "twitter:y", "twitter:z"]))).text)
    for said in ("Tempo", "1 s from one account to the next", "Found again from other seeds"):
        assert said in words
    assert "declared outlet" not in words
    outlets = Page(page_of(acted(["twitter:ap", "twitter:reuters", "twitter:afp"]))).text
    assert any("they act together openly" in text for text in outlets)


def test_without_its_posts_it_says_why_there_is_no_timeline() -> None:
    page = Page(page_of(acted(["x", "y", "z"]), "The posts are gone."))
    assert "The posts are gone." in page.text
    assert not [attrs for name, attrs in page.tags if attrs.get("class") == "timeline"]


def test_of_many_groups_the_largest_are_shown_and_all_are_counted() -> None:
    words = Page(page_of(acted(["x", "y", "z"], MOST_GROUPS + 2))).text
    assert len([text for text in words if text.startswith("Group ") and text.endswith("accounts")]) == MOST_GROUPS
    assert any(text.startswith(f"{MOST_GROUPS + 2} groups") for text in words)


@pytest.mark.parametrize("accounts", [[], ["x"]])
def test_a_run_that_found_nothing_is_a_page_too(accounts: list[str]) -> None:
    assert "No group was found." in Page(page_of(acted(accounts))).text
