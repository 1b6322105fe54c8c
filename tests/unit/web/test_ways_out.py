"""Every route of the app, asked by everybody: none tells of what is marked narrower than they may hear."""

import re

from fastapi.routing import APIRoute

from tests import made_up_desk as made_up
from tests.made_up_desk import CASE, HELD_AD, NOW, PARTNER, RED_CASE, RED_INDICATOR
from tests.unit.web.conftest import Visitor
from watchbell.desk.exchange.disputes import drafted, open_dispute
from watchbell.desk.exchange.feedback import Teller
from watchbell.model.audiences import Audience
from watchbell.model.collections import HOUSE
from watchbell.model.feedback import Claimant
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace
from watchbell.web.app import ROUTERS

SEARCHES = ("", "?text=red.example", "?text=narrow", "?status=open", "?start=0", "?page=1", "?q=red.example")
NARROW = ("red.example", RED_INDICATOR, "A narrow case", RED_CASE, "The claim on red")
TOLD_IN_CONFIDENCE = ("confidential.example",)


def test_no_route_tells_of_what_is_marked_narrower(workspace: Workspace, visitor: Visitor) -> None:
    vault = workspace.vault
    everything = Teller(HOUSE, "eva", Audience(Tlp.RED))
    draft = drafted(
        RED_INDICATOR, "The claim on red", (), claimant=Claimant.ACCOUNT_HOLDER, teller=everything, due=(NOW, 1)
    )
    dispute = open_dispute(vault, draft, teller=everything, now=NOW)
    hit = made_up.hits().to_pylist()[0] | {"hit_id": "red", "indicator_id": RED_INDICATOR, "tlp": Tlp.RED,
                                           "indicator_value": "red.example"}  # fmt: skip
    vault.hits.add(made_up.hits().from_pylist([hit], schema=made_up.hits().schema))
    vault.deliveries.note(PARTNER, "bundle", [(RED_INDICATOR, "v")], NOW)
    values = {"indicator_id": [RED_INDICATOR, made_up.INDICATOR], "case_id": [RED_CASE, CASE],
              "dispute_id": [dispute.id, made_up.DISPUTE], "partner_id": [PARTNER], "ad_id:path": [HELD_AD],
              "request_id": [made_up.REQUEST]}  # fmt: skip
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    gets = [route.path for route in routes if "GET" in (route.methods or ())]
    filled = [_filled(path, values, turn) + search for path in gets for turn in (0, -1) for search in SEARCHES]
    leaks = []
    for name in (None, "ana", "rev", "adm"):
        browser = visitor(name)
        for address in dict.fromkeys(filled):
            # What was asked for is said again on the page; what was found is not.
            said = browser.get(address).text.replace("“red.example”", "").replace('value="red.example"', "")
            words = NARROW if name else NARROW + TOLD_IN_CONFIDENCE
            asked = address if address.count("/") > 2 else ""
            leaks += [(name, address, word) for word in words if word in said and word not in asked]
    assert leaks == []
    assert RED_INDICATOR in visitor("eva").get("/desk/indicators").text


def _filled(path: str, values: dict[str, list[str]], turn: int) -> str:
    return re.sub(r"{(.*?)}", lambda found: values.get(found[1], ["none"])[turn], path)
