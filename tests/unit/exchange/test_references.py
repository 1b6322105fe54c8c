"""What an object is nothing without, and which ids its bytes name."""

import json
from typing import Any

import pytest

from watchbell.exchange.references import ids_named_in, needs_of
from watchbell.ids import fact_id
from watchbell.model.collections import Need

A, B, C = (fact_id("identity", name) for name in "abc")


@pytest.mark.parametrize(
    ("held", "needs"),
    [
        ({"type": "indicator", "pattern": "[x:y = 'z']", "created_by_ref": A}, ()),
        ({"type": "relationship", "source_ref": A, "target_ref": B, "created_by_ref": C}, (Need((A,)), Need((B,)))),
        (
            {"type": "sighting", "sighting_of_ref": A, "where_sighted_refs": [B], "observed_data_refs": [C]},
            (Need((A,)),),
        ),
        ({"type": "report", "created": "x", "object_refs": [A, B, A]}, (Need((A, B)),)),
        ({"type": "language-content", "object_ref": A, "contents": {}}, (Need((A,), whole=True),)),
        ({"type": "email-message", "from_ref": A, "to_refs": [B]}, (Need((A,)),)),
        ({"type": "x-own", "some": [{"inner_ref": A}], "other_refs": [B]}, (Need((B,)), Need((A,)))),
        ({"type": "note", "created": "x", "object_refs": [A], "object_marking_refs": [B]}, (Need((A,)),)),
    ],
    ids=lambda held: held["type"] if isinstance(held, dict) else "",
)
def test_the_ends_of_a_link_are_needed_each_and_of_a_list_one(held: dict[str, Any], needs: tuple[Need, ...]) -> None:
    assert needs_of(held) == needs


@pytest.mark.parametrize("dash", ["-", "\\u002d"])
def test_ids_are_found_however_they_are_written(dash: str) -> None:
    body = json.dumps({"type": "note", "object_refs": [A], "deep": {"some_ref": B}}).replace("--", dash * 2)
    assert ids_named_in(body.encode()) >= {A, B}
