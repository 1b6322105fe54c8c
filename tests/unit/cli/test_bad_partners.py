"""`watchbell indicators import` of what bad partners send: each bad object is named, and the rest is kept."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.taxii_server import indicator
from watchbell.clock import system_clock
from watchbell.desk.exchange.sharing import ImportedIndicators, import_indicators
from watchbell.errors import InputError
from watchbell.vault.workspace import Workspace

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "path.example": ({"id": "indicator--../../etc/passwd"}, "its id is not indicator-- and a UUID"),
    "future.example": ({"modified": "2999-01-01T00:00:00.000Z"}, "its modified lies in the future"),
    "epoch.example": ({"created": "1970-01-01T00:00:00.000Z"}, "before STIX was thought of"),
    "backwards.example": ({"created": "2026-01-02T00:00:00.000Z"}, "its modified lies before its created"),
    "confidence.example": ({"confidence": "very"}, "Its confidence is not a whole number"),
    "too-sure.example": ({"confidence": 200}, "its confidence: Input should be less than or equal to 100"),
    "labels.example": ({"labels": 7}, "Its labels is not a list"),
    "marks.example": ({"granular_markings": 5}, "Its granular_markings is not a list"),
    "time.example": ({"valid_from": "yesterday"}, "its valid_from is no time"),
    "pattern.example": ({"pattern": {"a": 1}}, "its pattern is no text"),
}
NESTED = "[" * 1_000_000 + "]" * 1_000_000


def imported(folder: Path, body: bytes) -> tuple[ImportedIndicators, set[str], list[str]]:
    """Return what became of a file, the values that are there now, and the reasons of the rejects."""
    folder.mkdir(exist_ok=True)
    path = folder / "told.json"
    path.write_bytes(body)
    with Workspace.create(folder / "ws") as workspace:
        done = import_indicators(workspace, path, by="test", now=system_clock())
        values = {held.value for held in workspace.vault.indicators.all()}
    lines = [] if done.rejects is None else done.rejects.read_text("utf-8").splitlines()
    return done, values, [json.loads(line)["reason"] for line in lines]


def bundle(*parts: bytes) -> bytes:
    return b'{"type": "bundle", "id": "bundle--1", "objects": [' + b", ".join(parts) + b"]}"


def encoded(value: str, **changes: Any) -> bytes:
    return json.dumps(indicator(value, **changes)).encode()


def test_each_bad_object_is_named_with_its_reason_and_the_rest_is_kept(tmp_path: Path) -> None:
    good, bad = indicator("first.example"), {value: indicator(value, **told[0]) for value, told in BAD.items()}
    other = {**good, "pattern": "[domain-name:value = 'changed.example']"}
    parts = [json.dumps(held).encode() for held in (good, *bad.values(), other)]
    parts += [b'7, null, {"type": 5}, {"type": "indicator"}', encoded("last.example")]
    done, values, said = imported(tmp_path, bundle(*parts))
    assert values == {"first.example", "last.example"}
    assert done.rejected == len(said) == len(BAD) + 5
    for value, (_, reason) in BAD.items():
        [found] = [one for one in said if one.startswith(str(bad[value]["id"]))]
        assert reason in found
        assert "\n" not in found
    assert f"{good['id']} stands twice in one version with other content; the first counts." in said
    assert said.count("There is no JSON object here.") == 2


@pytest.mark.parametrize(
    ("bad", "reason"),
    [(NESTED.encode(), "nested too deep"), (b'"\xe9"', "is not UTF-8"), (b'"a\\u0000b"', "holds a NUL")],
    ids=["deep", "latin", "nul"],
)
def test_bytes_that_are_no_good_json_cost_one_object(tmp_path: Path, bad: bytes, reason: str) -> None:
    part = encoded("bad.example", name="NAME").replace(b'"NAME"', bad)
    _, values, said = imported(tmp_path, bundle(encoded("first.example"), part, encoded("last.example")))
    assert values == {"first.example", "last.example"}
    [only] = said
    assert reason in only


def test_a_truncated_bundle_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    _, values, said = imported(tmp_path, bundle(encoded("first.example"), encoded("last.example"))[:-40])
    assert values == {"first.example"}
    assert said == ["The rest of the file could not be read: it ends in the middle of a value: the file was cut."]


def test_a_file_without_one_good_byte_is_refused_with_a_sentence(tmp_path: Path) -> None:
    for body in (b"\x80\x81\xfe\xff" * 100, b"", b"[" * 1_000_000):
        with contextlib.suppress(InputError):
            done, values, _ = imported(tmp_path / str(len(body)), body)
            assert (done.new, values) == (0, set())
