"""Actions, pairs and groups in bulk: what detect makes of posts."""

import pyarrow as pa

from watchbell.model.posts import TIMESTAMP

ACTIONS = pa.schema(
    [
        # Name of the trace it is of, such as `link`: see `detect/traces/`.
        pa.field("kind", pa.string(), nullable=False),
        pa.field("account_id", pa.string(), nullable=False),
        pa.field("object_id", pa.string(), nullable=False),
        pa.field("at", TIMESTAMP, nullable=False),
        pa.field("post_id", pa.string()),
    ]
)
"""One row: this account acted on this object at this time, in this post. No two rows are equal."""

_CODES = {"kind": pa.int8(), "account_id": pa.int32(), "object_id": pa.int32()}
CODED_ACTIONS = pa.schema(
    [
        field.with_type(pa.dictionary(_CODES[field.name], pa.string())) if field.name in _CODES else field
        for field in ACTIONS
    ]
)
"""ACTIONS with each different name written once, for tables so large that names are what fills the memory.
`table.cast(ACTIONS)` writes them out."""

PAIRS = pa.schema(
    [
        # account_a < account_b as text.
        pa.field("account_a", pa.string(), nullable=False),
        pa.field("account_b", pa.string(), nullable=False),
        pa.field("by", pa.string(), nullable=False),
        pa.field("window_s", pa.float64(), nullable=False),
        # Post pairs on one object within the window (the weight of CooRTweet's edges).
        pa.field("post_pairs", pa.int64(), nullable=False),
        # Distinct objects among them: what one hyperactive account cannot inflate.
        pa.field("objects", pa.int64(), nullable=False),
        pa.field("first_at", TIMESTAMP, nullable=False),
        pa.field("last_at", TIMESTAMP, nullable=False),
        pa.field("median_gap_s", pa.float64(), nullable=False),
        # Post pairs that chance would have made; p within this window; and, for this kind of action and all windows
        # together, q: of the accounts named up to this pair, the share that chance or taste would have named. Null
        # where an account acted too little to be judged (`detect/significance.py`).
        pa.field("expected", pa.float64()),
        pa.field("p_value", pa.float64()),
        pa.field("q_value", pa.float64()),
    ]
)
"""One row: these two accounts acted on the same objects within the window."""

GROUPS = pa.schema(
    [
        pa.field("group_id", pa.string(), nullable=False),
        pa.field("account_id", pa.string(), nullable=False),
        pa.field("by", pa.list_(pa.string()), nullable=False),
        # `seeder`, `amplifier` or, where the order of the members says nothing, null; then how many bursts the account
        # was in and how many of them it opened (`detect/bursts.py`).
        pa.field("role", pa.string()),
        pa.field("bursts", pa.int64()),
        pa.field("opened", pa.int64()),
        # Share of the group's co-action weight that touches this account, 0 to 1.
        pa.field("score", pa.float64(), nullable=False),
        pa.field("q_value", pa.float64()),
        pa.field("first_at", TIMESTAMP, nullable=False),
        pa.field("last_at", TIMESTAMP, nullable=False),
    ]
)
"""One row: this account belongs to this group. A group is "synchronised" until a person decides more."""
