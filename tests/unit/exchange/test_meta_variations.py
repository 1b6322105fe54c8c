"""Files of the same publisher as they could be next year: other columns, other words, other ways to write a value."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchbell.errors import InputError
from watchbell.exchange.inbox import read_published
from watchbell.exchange.published import Note
from watchbell.files import Reject
from watchbell.model.indicators import Indicator
from watchbell.model.tlp import Tlp

_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_CHAIN = "Tactic ,Technique,Procedure,Indicator,Notes\n"
_STEP = "0. Acquiring assets,0.6 Acquiring domains,0.6.2 Acquiring domains,"
_ACCOUNTS = "0. Acquiring assets,0.9 Acquiring social media accounts,0.9.4 Acquiring X / Twitter accounts,"


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str, str | bytes], list[str]]:
    def reading(name: str, content: str | bytes) -> list[str]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        items = list(read_published(path, tlp=None, source=None, now=_NOW))
        assert not [item for item in items if isinstance(item, Reject)]
        return [f"{item.platform or item.kind}:{item.value}" for item in items if isinstance(item, Indicator)]

    return reading


Read = Callable[[str, str | bytes], list[str]]


@pytest.mark.parametrize(
    "header",
    [
        "Indicator Type,Indicator Value,Comment",
        "IOC Type,IOC,Notes",
        "TYPE OF INDICATOR,Indicator (defanged),Context",
        "type,indicator,description",
        "Tipo,Indicador,Comentarios",
        "Typ,Indikator,Kommentar",
        "Тип,Индикатор,Комментарий",
    ],
)
def test_columns_of_other_names_are_found(read: Read, header: str) -> None:
    assert read("Q1_2027.csv", f"{header}\nDomain,bad[.]example,x\n") == ["domain:bad.example"]


def test_moved_columns_are_found(read: Read) -> None:
    text = "Notes,Indicator,Procedure,Technique,Tactic\nx,bad[.]example,0.6.2 Acquiring domains,0.6,0\n"
    assert read("Q1_2027.csv", text) == ["domain:bad.example"]


def test_where_names_say_nothing_the_defanged_column_is_the_one(read: Read) -> None:
    text = "No.,Entity,Seen\n1,bad[.]example,2026\n2,hxxps://x[.]com/some_one,2026\n3,63 accounts,2026\n"
    assert read("list.csv", text) == ["domain:bad.example", "twitter:some_one"]


def test_a_table_of_posts_with_links_is_no_list_of_indicators(read: Read) -> None:
    with pytest.raises(InputError, match="holds no indicators"):
        read("posts.csv", "id,text,url\n1,hello,https://good.example/a\n2,hello,https://good.example/b\n")


@pytest.mark.parametrize(
    "above",
    [
        "Meta Adversarial Threat Report\n\n",
        "sep=,\n",
        '"Threat indicators, Q1 2027",,,\nNote: values are defanged,,,\n,,,\n',
        "# source: Meta\n# license: MIT\n",
    ],
)
def test_lines_above_the_header_are_passed_over(read: Read, above: str) -> None:
    assert read("Q1_2027.csv", f"{above}{_CHAIN}{_STEP}bad[.]example,x\n") == ["domain:bad.example"]


def test_an_export_of_excel_reads_whatever_its_marks_are(read: Read) -> None:
    table = f"{_CHAIN}{_STEP}bad[.]example,Türkiye\n"
    semicolons = table.replace(",", ";")
    assert read("excel.csv", f"\ufeffsep=;\r\n{semicolons}".replace("\n", "\r\n")) == ["domain:bad.example"]
    assert read("unicode.txt", table.replace(",", "\t").encode("utf-16")) == ["domain:bad.example"]
    assert read("old.csv", table.encode("cp1254")) == ["domain:bad.example"]


def test_ragged_rows_and_a_header_that_stands_there_twice_cost_nothing(read: Read) -> None:
    text = f"{_CHAIN}{_STEP}a[.]example\n{_STEP}b[.]example,,,,\n{_CHAIN}{_STEP}c[.]example,x\n,,,,\n"
    assert read("Q1_2027.csv", text) == ["domain:a.example", "domain:b.example", "domain:c.example"]


@pytest.mark.parametrize(
    "written",
    [
        "bad[.]example", "bad(.)example", "bad{.}example", "bad<.>example", "bad[dot]example", "bad(dot)example",
        "bad[punto]example", "bad [.] example", "bad[.example", "bad.]example", "bad\\.example", "hxxp://bad[.]example",
        "hXXps://bad[.]example/", "hxxps[:]//bad[.]example", "https[://]bad[.]example", "h**ps://bad.example",
        "`bad[.]example`", "“bad[.]example”", "bad[.]example;", "\u200bbad[.]example\u200b", "www[.]bad[.]example",
        "<https://bad[.]example>", "hxxps:\\\\bad[.]example", "BAD[.]EXAMPLE", "https{:}//bad[.]example",
    ],
)  # fmt: skip
def test_every_way_to_defang_is_undone(read: Read, written: str) -> None:
    assert read("Q1_2027.tsv", f"Procedure\tIndicator\n0.6.2 Acquiring domains\t{written}\n") == ["domain:bad.example"]
    assert read("typed.tsv", f"Indicator Type\tIndicator Value\nDomain\t{written}\n") == ["domain:bad.example"]


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("Website", "bad[.]example", "domain:bad.example"),
        ("Dominio", "bad[.]example", "domain:bad.example"),
        ("X account", "@some_one", "twitter:some_one"),
        ("Telegram channel", "@some_channel", "telegram:some_channel"),
        ("TikTok", "tiktok[.]com/@some.md", "tiktok:some.md"),
        ("Proxy IP", "192[.]0[.]2[.]7", "ip:192.0.2.7"),
        ("C2 server", "192[.]0[.]2[.]7", "ip:192.0.2.7"),
        ("Malware hash", "A" * 64, f"sha256:{'a' * 64}"),
        ("E-Mail", "info(at)bad(.)example", "email:info@bad.example"),
        ("Hashtags", "#StopHetVerraad", "hashtag:stophetverraad"),
        ("Phone", "+49 30 1234567", "phone:+49301234567"),
    ],
)
def test_a_type_in_other_words_is_what_its_value_is(read: Read, kind: str, written: str, value: str) -> None:
    assert read("typed.csv", f"indicator_type,indicator_value\n{kind},{written}\n") == [value]


def test_a_typed_cell_may_hold_several_values_or_words_after_one(read: Read) -> None:
    text = 'indicator_type,indicator_value\nDomain,"a[.]example, b[.]example"\nDomain,c[.]example (spoof of a paper)\n'
    assert read("typed.csv", text) == ["domain:a.example", "domain:b.example", "domain:c.example"]


def test_an_address_that_its_publisher_cut_off_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "Q1_2027.csv"
    path.write_text(f"{_CHAIN}{_ACCOUNTS}https://bad[.]example/2027/a-long-…,\n", encoding="utf-8")
    [item] = read_published(path, tlp=None, source=None, now=_NOW)
    assert isinstance(item, Reject)
    assert (item.row, item.field) == (2, "Indicator")


def test_what_is_no_file_of_metas_is_not_marked_as_published(tmp_path: Path) -> None:
    path = tmp_path / "partner.csv"
    path.write_text("IOC Type,IOC\nDomain,bad[.]example\n", encoding="utf-8")
    [item] = read_published(path, tlp=None, source=None, now=_NOW)
    assert isinstance(item, Indicator)
    assert (item.source, item.tlp) == ("partner.csv", Tlp.AMBER)


@pytest.mark.parametrize(
    "body",
    [
        "| Indicator Type | Indicator Value |\n|---|---|\n| Domain | [bad.example](https://bad.example) |\n",
        "Indicator Type | Indicator Value\n--- | ---\nDomain | `bad[.]example`\n",
        "- `bad[.]example`\n- 63 accounts\n",
        "1. bad[.]example\n",
        "```\nbad[.]example\n```\n",
    ],
)
def test_markdown_lists_its_indicators_in_several_ways(read: Read, body: str) -> None:
    found = read("report.md", f"# Report\n\nSee https://good.example/.\n\n## Indicators of Compromise\n\n{body}")
    assert found == ["domain:bad.example"]


def test_links_below_other_headings_are_no_indicators(read: Read) -> None:
    text = "## Indicators\n\n- bad[.]example\n\n## Cross-Links\n\n- https://good.example/report\n"
    assert read("report.md", text) == ["domain:bad.example"]


def test_a_report_that_says_it_has_none_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("# Indicators of Compromise\n\n*No IOCs associated with this report.*\n", encoding="utf-8")
    [item] = read_published(path, tlp=None, source=None, now=_NOW)
    assert isinstance(item, Note)
