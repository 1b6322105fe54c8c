"""Rows come out of files whole, and what is broken becomes a sentence and costs nothing else."""

import contextlib
import csv
import gzip
import io
import json
import random
import time
import tracemalloc
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.errors import InputError
from watchbell.files import Reject, Row, read_rows, write_rejects

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
NAMES = st.lists(st.text("abcdefghij", min_size=1, max_size=8), min_size=2, max_size=5, unique=True)
TABLES = NAMES.flatmap(
    lambda names: st.tuples(
        st.just(names), st.lists(st.lists(TEXT, min_size=len(names), max_size=len(names)), min_size=1, max_size=8)
    )
)


def read(path: Path, data: bytes, spread: Collection[str] = ()) -> tuple[list[dict[str, Any]], list[Reject]]:
    path.write_bytes(data)
    items = list(read_rows(path, spread=spread))
    return [item.values for item in items if isinstance(item, Row)], [
        item for item in items if isinstance(item, Reject)
    ]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@given(table=TABLES, delimiter=st.sampled_from(",\t;|"), squeeze=st.sampled_from(["", "gzip", "zstd"]))
@settings(deadline=None, max_examples=80)
def test_a_table_comes_back_as_it_was_written(folder: Path, table: Any, delimiter: str, squeeze: str) -> None:
    names, rows = table
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([names, *rows])
    data = squeezed(written.getvalue().encode(), squeeze)
    values, rejects = read(folder / "table.csv", data)
    assert rejects == []
    assert values == [dict(zip(names, row, strict=True)) for row in rows]


def squeezed(data: bytes, how: str) -> bytes:
    if how == "gzip":
        return gzip.compress(data)
    return zstandard.compress(data) if how == "zstd" else data


JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.lists(st.dictionaries(TEXT, JSON_VALUES, min_size=1, max_size=4), min_size=2, max_size=6)


@given(objects=OBJECTS, ascii_only=st.booleans(), shape=st.sampled_from(["lines", "list", "indented", "after"]))
@settings(deadline=None, max_examples=100)
def test_json_comes_back_as_it_was_written(folder: Path, objects: Any, ascii_only: bool, shape: str) -> None:
    def dumps(value: Any, indent: int | None = None) -> str:
        return json.dumps(value, ensure_ascii=ascii_only, indent=indent)

    text = {
        "lines": "\n".join(map(dumps, objects)),
        "list": dumps(objects),
        "indented": dumps(objects, 2),
        "after": "\n".join(dumps(value, 1) for value in objects),
    }[shape]
    values, rejects = read(folder / "objects.json", text.encode())
    assert rejects == []
    assert values == objects


@given(objects=OBJECTS)
@settings(deadline=None, max_examples=50)
def test_a_long_list_in_an_object_comes_out_element_by_element(folder: Path, objects: Any) -> None:
    document = {"name": "A channel", "id": 7, "messages": objects, "after": [1, 2]}
    values, rejects = read(folder / "export.json", json.dumps(document).encode(), spread=["messages"])
    assert rejects == []
    assert values == [{"name": "A channel", "id": 7, "messages": [element]} for element in objects]


@given(data=st.binary(max_size=400), suffix=st.sampled_from(["csv", "json", "jsonl", "tsv", "gz", "zst", "dat"]))
@settings(deadline=None, max_examples=400)
def test_any_bytes_give_rows_rejects_or_a_sentence(folder: Path, data: bytes, suffix: str) -> None:
    path = folder / f"noise.{suffix}"
    path.write_bytes(data)
    with contextlib.suppress(InputError):
        assert all(isinstance(item, (Row, Reject)) for item in read_rows(path))


EXPORT = (
    b'{"name": "A", "id": 7, "messages": [{"id": 1, "text": ["a", {"b": "\\u00e9"}]}, {"id": 2}], "after": {"x": [1]}}'
)


@given(spot=st.integers(0, len(EXPORT) - 1), junk=st.binary(max_size=3), gone=st.integers(0, 3))
@settings(deadline=None, max_examples=600)
def test_a_spoilt_document_gives_rows_rejects_or_a_sentence(folder: Path, spot: int, junk: bytes, gone: int) -> None:
    path = folder / "spoilt.json"
    path.write_bytes((EXPORT[:spot] + junk + EXPORT[spot + gone :] + b"\n") * 2)
    for spread in ((), ("messages",)):
        with contextlib.suppress(InputError):
            assert all(isinstance(item, (Row, Reject)) for item in read_rows(path, spread=spread))


@pytest.mark.parametrize("depth", [300, 450, 900, 990, 5_000])
def test_nesting_ends_in_a_row_or_a_reject(tmp_path: Path, depth: int) -> None:
    text = '{"n": "\\ud83d\\udd14", "in": ' + "[" * depth + "]" * depth + "}"
    values, rejects = read(tmp_path / "deep.json", f"{text}\n{text}\n".encode())
    assert len(values) + len(rejects) == 2
    assert depth > 300 or rejects == []


def test_objects_written_over_many_lines_may_follow_each_other(tmp_path: Path) -> None:
    objects = [{"n": 1}, {"messages": [{"id": 1}, {"id": 2}], "n": 2}, {"n": 3}]
    data = "\n".join(json.dumps(value, indent=2) for value in objects).encode()
    assert read(tmp_path / "many.json", data) == (objects, [])
    spread = [{"n": 1}, {"messages": [{"id": 1}]}, {"messages": [{"id": 2}]}, {"n": 3}]
    assert read(tmp_path / "many.json", data, spread=["messages"]) == (spread, [])


def test_a_compressed_line_that_comes_in_crumbs_is_read_in_linear_time(tmp_path: Path) -> None:
    noise = random.Random(5).randbytes(6_000_000).hex()  # hardly compresses, so each piece is small
    start = time.perf_counter()
    values, rejects = read(tmp_path / "long.csv.zst", zstandard.compress(f"a,b\n1,{noise}\n".encode()))
    assert rejects == []
    assert len(values[0]["b"]) == 12_000_000
    assert time.perf_counter() - start < 20  # under a second on a quiet machine; minutes when done by the square


@given(cut=st.integers(10, 3000), how=st.sampled_from(["", "gzip", "zstd"]), shape=st.sampled_from(["lines", "list"]))
@settings(deadline=None, max_examples=100)
def test_a_cut_file_gives_the_rows_before_the_cut(folder: Path, cut: int, how: str, shape: str) -> None:
    objects = [{"n": n, "text": f"message {n * n}"} for n in range(300)]
    text = json.dumps(objects) if shape == "list" else "\n".join(map(json.dumps, objects))
    data = squeezed(text.encode(), how)[:cut]
    path = folder / "cut.json"
    path.write_bytes(data)
    try:
        items = list(read_rows(path))
    except InputError:
        assert how  # nothing could be decompressed
        return
    rows = [item.values for item in items if isinstance(item, Row)]
    assert rows == objects[: len(rows)]
    if not how:  # what lies before the cut is known: all of it must be there
        assert len(rows) >= text[:cut].count("}")
    assert len(items) - len(rows) <= 1
    assert len(items) > len(rows) or len(rows) == 300 or text[cut : cut + 1] == "\n" or text[cut - 1] == "\n"


def test_a_cut_gzip_says_so_and_keeps_what_was_whole(tmp_path: Path) -> None:
    whole = "a,b\n" + "".join(f"{n},{n * 7919 % 1000}\n" for n in range(100_000))
    data = gzip.compress(whole.encode())
    values, rejects = read(tmp_path / "cut.csv.gz", data[: len(data) // 2])
    assert len(values) > 40_000
    assert values[-1] == {"a": str(len(values) - 1), "b": str((len(values) - 1) * 7919 % 1000)}
    assert [reject.row for reject in rejects] == [len(values) + 2]
    assert "the file was cut" in rejects[0].reason


def test_gzip_files_joined_and_padded_read_as_one(tmp_path: Path) -> None:
    data = gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n") + b"\0" * 512
    assert read(tmp_path / "joined.gz", data) == ([{"a": "1", "b": "2"}, {"a": "3", "b": "4"}], [])


def test_zstd_frames_joined_read_as_one(tmp_path: Path) -> None:
    data = zstandard.compress(b"a,b\n1,2\n") + zstandard.compress(b"3,4\n")
    assert read(tmp_path / "joined.zst", data) == ([{"a": "1", "b": "2"}, {"a": "3", "b": "4"}], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", ["name,text\nÀnna,Здравствуй 🔔\n", '[{"name": "Ànna", "text": "Здравствуй 🔔"}]'])
def test_unicode_is_told_by_its_mark(tmp_path: Path, encoding: str, text: str) -> None:
    values, rejects = read(tmp_path / "marked", text.encode(encoding))
    assert rejects == []
    assert values == [{"name": "Ànna", "text": "Здравствуй 🔔"}]


BROKEN_LINES = {
    "mixed encodings": b"3,caf\xe9",
    "NUL byte": b"3,a\0b",
    "too few fields": b"3",
    "too many fields": b"3,4,5",
    "quote that never closes": b'3,"four',
    "quote in the wrong place": b'"3"x,4',
}


@pytest.mark.parametrize("line", BROKEN_LINES.values(), ids=BROKEN_LINES)
def test_a_broken_csv_line_costs_no_other(tmp_path: Path, line: bytes) -> None:
    data = b'a,b\n1,2\n"1\n2","x ""y"""\n' + line + b'\n5,"6"\n"7\n8",9\n'
    values, rejects = read(tmp_path / "broken.csv", data)
    assert values == [
        {"a": "1", "b": "2"}, {"a": "1\n2", "b": 'x "y"'}, {"a": "5", "b": "6"}, {"a": "7\n8", "b": "9"},
    ]  # fmt: skip
    assert [reject.row for reject in rejects] == [5]
    assert rejects[0].reason.endswith(".")


@given(line=st.binary(max_size=60).map(lambda data: data.replace(b"\n", b"")), spot=st.integers(0, 4))
@settings(deadline=None, max_examples=300)
def test_any_line_between_good_rows_costs_no_other(folder: Path, line: bytes, spot: int) -> None:
    rows = [b"%d,good" % number for number in range(4)]
    data = b"\n".join([b"a,b", *rows[:spot], line, *rows[spot:]])
    values, rejects = read(folder / "between.csv", data)
    assert [value for value in values if value["b"] == "good"] == [{"a": str(n), "b": "good"} for n in range(4)]
    assert len(values) + len(rejects) <= 5
    assert len(values) + len(rejects) == 5 or not line.strip()


def test_rows_are_numbered_by_the_line_they_begin_on(tmp_path: Path) -> None:
    path = tmp_path / "numbered.csv"
    path.write_bytes(b'a,b\r\n1,"two\r\nlines"\r\n\r\n3,4\r\n')
    assert [item.number for item in read_rows(path) if isinstance(item, Row)] == [2, 5]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_any_system_ends_them(tmp_path: Path, end: str) -> None:
    values, rejects = read(tmp_path / "lines.csv", end.join(["a,b", "1,2", "3,4", ""]).encode())
    assert (values, rejects) == ([{"a": "1", "b": "2"}, {"a": "3", "b": "4"}], [])


def test_tab_separated_text_may_hold_bare_quotes(tmp_path: Path) -> None:
    values, rejects = read(tmp_path / "bare.tsv", b'a\tb\n1\t"Free" speech\n2\t"open\n3\tx\n')
    assert rejects == []
    assert [value["b"] for value in values] == ['"Free" speech', '"open', "x"]


def test_columns_without_a_name_or_with_the_same_lose_nothing(tmp_path: Path) -> None:
    values, _ = read(tmp_path / "names.csv", b"a,,a\n1,2,3\n")
    assert values == [{"a": "1", "column 2": "2", "a (2)": "3"}]


BROKEN_OBJECTS = {
    "no value": '{"n": }',
    "not an object": "[1, 2]",
    "bare word": "nonsense",
    "NUL": '{"n": "\\u0000"}',
    "half a surrogate pair": '{"n": "\\ud83d"}',
    "too deep": '{"n": ' + "[" * 1_000_000 + "]" * 1_000_000 + "}",
    "too long": '{"n": "' + "x" * 40_000_000 + '"}',
    "endless number": '{"n": ' + "9" * 10_000 + "}",
}


@pytest.mark.parametrize("broken", BROKEN_OBJECTS.values(), ids=BROKEN_OBJECTS)
@pytest.mark.parametrize("shape", ["lines", "list"])
def test_a_broken_object_costs_no_other(tmp_path: Path, broken: str, shape: str) -> None:
    texts = ['{"n": 1}', '{"n": "\\ud83d\\udd14 \\\\u0000"}', broken, '{"n": 2}', '{"n": 3}']
    text = "\n".join(texts) if shape == "lines" else "[" + ",\n".join(texts) + "]"
    values, rejects = read(tmp_path / "broken.json", text.encode())
    assert values == [{"n": 1}, {"n": "🔔 \\u0000"}, {"n": 2}, {"n": 3}]
    assert [reject.row for reject in rejects] == [3]
    assert len(rejects[0].raw or "") <= 2_000


@pytest.mark.parametrize("shape", ["lines", "list"])
def test_an_object_that_is_not_utf8_costs_no_other(tmp_path: Path, shape: str) -> None:
    joint = b"\n" if shape == "lines" else b","
    body = joint.join([b'{"n": 1}', b'{"n": "caf\xe9"}', b'{"n": "caf\xc3\xa9"}'])
    values, rejects = read(tmp_path / "mixed.json", body if shape == "lines" else b"[" + body + b"]")
    assert values == [{"n": 1}, {"n": "café"}]
    assert "UTF-8" in rejects[0].reason


def test_not_a_number_is_no_value(tmp_path: Path) -> None:
    assert read(tmp_path / "nan.jsonl", b'{"n": NaN}\n{"n": 1}\n')[0] == [{"n": None}, {"n": 1}]


@pytest.mark.parametrize("shape", ["csv", "jsonl", "json"])
def test_a_line_of_100_mb_is_passed_over_in_bounded_memory(tmp_path: Path, shape: str) -> None:
    path = tmp_path / f"long.{shape}"
    before, after = {
        "csv": (b"a,b\n1,2\n", b"\n3,4\n"),
        "jsonl": (b'{"a": "1"}\n', b'\n{"a": "3"}\n'),
        "json": (b'[{"a": "1"},{"a": "', b'"},{"a": "3"}]'),
    }[shape]
    with path.open("wb") as file:
        file.write(before)
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(after)
    tracemalloc.start()
    items = list(read_rows(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000  # the limit of a record, held a few times over
    assert [item.values["a"] for item in items if isinstance(item, Row)] == ["1", "3"]
    (reject,) = [item for item in items if isinstance(item, Reject)]
    assert "limit" in reject.reason


@pytest.mark.parametrize("how", ["gzip", "zstd"])
def test_a_decompression_bomb_is_passed_over_in_bounded_memory(tmp_path: Path, how: str) -> None:
    path = tmp_path / "bomb.csv"
    path.write_bytes(squeezed(b"a,b\n1,2\n" + b"x" * 150_000_000 + b"\n3,4\n", how))
    tracemalloc.start()
    items = list(read_rows(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000
    assert [item.values["a"] for item in items if isinstance(item, Row)] == ["1", "3"]


def test_parquet_values_keep_their_types(tmp_path: Path) -> None:
    path = tmp_path / "typed.parquet"
    columns = {
        "name": pa.array(["a", None]).dictionary_encode(),
        "at": pa.array([1_600_000_000_000_000_123, None], pa.timestamp("ns", "UTC")),
        "n": [1, 2],
    }
    pq.write_table(pa.table(columns), path)
    first, second = [item.values for item in read_rows(path) if isinstance(item, Row)]
    assert (first["name"], first["n"], first["at"].isoformat()) == ("a", 1, "2020-09-13T12:26:40+00:00")
    assert second == {"name": None, "at": None, "n": 2}


def test_a_parquet_value_that_cannot_be_read_costs_only_its_row(tmp_path: Path) -> None:
    path = tmp_path / "broken.parquet"
    bad_text = pa.StringArray.from_buffers(
        3, pa.py_buffer(b"\0\0\0\0\1\0\0\0\3\0\0\0\4\0\0\0"), pa.py_buffer(b"a\xe9\xe9c")
    )
    years = pa.array([1_600_000_000_000_000, 1_600_000_000_000_000, -62_200_000_000_000_000], pa.timestamp("us"))
    pq.write_table(pa.table({"text": bad_text, "at": years}), path)
    items = list(read_rows(path))
    assert [type(item) for item in items] == [Row, Reject, Reject]
    assert [item.field for item in items if isinstance(item, Reject)] == ["text", "at"]


def test_a_damaged_part_of_parquet_costs_only_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "damaged.parquet"
    pq.write_table(pa.table({"n": range(3_000)}), path, row_group_size=1_000, compression="zstd")
    start = pq.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[start : start + 600] = b"\xff" * 600
    path.write_bytes(bytes(data))
    items = list(read_rows(path))
    values = [item.values["n"] for item in items if isinstance(item, Row)]
    assert values == [*range(1_000), *range(2_000, 3_000)]
    (reject,) = [item for item in items if isinstance(item, Reject)]
    assert reject.row == 1_001
    assert "1001 to 2000" in reject.reason


UNUSABLE = {
    "empty.csv": b"",
    "blank.csv": b" \n\n",
    "cut.parquet": b"PAR1" + b"\x15\x04" * 500,
    "picture.csv": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "words.dat": b"just some words\nand more\n",
    "cut.gz": gzip.compress(b"a,b\n1,2\n")[:12],
    "encoded.csv": b"caf\xe9,b\n1,2\n",
}


@pytest.mark.parametrize(("name", "data"), UNUSABLE.items(), ids=UNUSABLE)
def test_a_file_that_is_no_table_gives_one_sentence(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(InputError, match=name):
        read(tmp_path / name, data)


def test_a_file_that_is_not_there_gives_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        list(read_rows(tmp_path / "absent.csv"))
    with pytest.raises(InputError, match="directory"):
        list(read_rows(tmp_path))


def test_rejects_are_kept_as_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "rejects" / "a.jsonl"
    assert write_rejects(path, []) == 0
    assert not path.parent.exists()
    rejects = [Reject("a.csv", 7, "date", "It is no date.", "x,ÿ"), Reject("a.csv", None, None, "It was cut.")]
    assert write_rejects(path, iter(rejects)) == 2
    assert [Reject(**item.values) for item in read_rows(path) if isinstance(item, Row)] == rejects
    assert list(path.parent.iterdir()) == [path]
    assert write_rejects(path, []) == 0
    assert not path.exists(), "rejects of an earlier reading are not those of this one"


def test_a_reject_tells_where_it_stood_as_far_as_that_is_known() -> None:
    assert Reject("a.csv", 7, "date", "It is no date.").told() == "row 7, date: It is no date."
    assert Reject("a.csv", 7, None, "It was cut.").told() == "row 7: It was cut."
    assert Reject("a.csv", None, None, "It was cut.").told() == "It was cut."


def test_a_table_is_read_quickly(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("a,b,c,d,e\n" + '1,2,"three, four",five,six\n' * 100_000)
    start = time.perf_counter()
    assert sum(1 for _ in read_rows(path)) == 100_000
    assert time.perf_counter() - start < 5  # ten times slower than on a quiet laptop: only a wrong method is this slow


@pytest.mark.shared
@pytest.mark.parametrize("name", ["russian_coord_tweets", "telegram_channels"])
def test_real_tables_say_the_same_in_every_format(shared_data: Path, tmp_path: Path, name: str) -> None:
    source = shared_data / "posts" / f"{name}.parquet"
    batch = next(pq.ParquetFile(source).iter_batches(3_000))
    rows = [{key: "" if value is None else str(value) for key, value in row.items()} for row in batch.to_pylist()]
    with (tmp_path / "real.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, batch.schema.names)
        writer.writeheader()
        writer.writerows(rows)
    (tmp_path / "real.jsonl").write_text("\n".join(map(json.dumps, rows)))
    for suffix in ("csv", "jsonl"):
        assert [item.values for item in read_rows(tmp_path / f"real.{suffix}") if isinstance(item, Row)] == rows
