"""Warning lists of MISP out: what was published as an indicator and taken back, so that others' tools say so.

The form is that of MISP/misp-warninglists (`schema.json`): a folder for each list with a `list.json`, whose type says
how its values are compared. MISP calls them warnings: whoever still has the indicator sees that it was found wrong.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from watchbell.model.indicators import Indicator, IndicatorKind

_HOSTS = ("domain", "hostname", "domain|ip", "url", "link")
_VALUES = ("url", "link", "email", "phone-number", "ip-dst", "ip-src", "md5", "sha1", "sha256", "text")


def warning_lists_of(indicators: Iterable[Indicator], *, operator: str, now: datetime) -> dict[str, str]:
    """Return the lists of what was taken back, name of a file → text: hosts, and other values.

    What somebody else still publishes is on none: that it was wrong is one publisher's word against another's.

    Args:
        indicators: any; those that are not revoked only say what still stands.
        operator: whose lists they are.
        now: the day is their version.
    """
    held = list(indicators)
    standing = {(one.kind, one.platform, one.value) for one in held if not one.revoked}
    wrong = [one for one in held if one.revoked and (one.kind, one.platform, one.value) not in standing]
    hosts = sorted({one.value for one in wrong if one.kind is IndicatorKind.DOMAIN})
    others = sorted({one.value for one in wrong if one.kind is not IndicatorKind.DOMAIN})
    return {
        f"{name}/list.json": json.dumps(_list(name, type_, values, operator, now), ensure_ascii=False, indent=2)
        for name, type_, values in (("retracted-hosts", "hostname", hosts), ("retracted-values", "string", others))
    }


def _list(name: str, type_: str, values: list[str], operator: str, now: datetime) -> dict[str, Any]:
    what = "Hosts" if type_ == "hostname" else "Values"
    return {
        "name": f"{what} that {operator} found wrongly published as indicators",
        "description": f"{what} that were published as indicators of election threats and taken back ({name}).",
        "version": int(f"{now:%Y%m%d}"),
        "type": type_,
        "list": values,
        "matching_attributes": list(_HOSTS if type_ == "hostname" else _VALUES),
    }
