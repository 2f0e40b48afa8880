"""An approval lets a route of a plugin be asked once, whether or not it journals anything."""

import msgspec
import pytest
from builders.people import PINS, staffed

from cashwrap.host.offers import Route
from cashwrap.host.serving import Asked, answer
from cashwrap.staff.errors import ApprovalNeeded

ROUTES = """
from cashwrap.events import Event, event
from cashwrap.host.offers import Route

@event("box.opened")
class Opened(Event, frozen=True):
    box: str

def beside(call):
    return "opened"

def journaled(call):
    call.till.commit([Opened("b1")], staff=call.staff)
    return "opened"

@hookimpl
def cashwrap_routes():
    return [
        Route(method="POST", path=f"/{run.__name__}", run=run, gives=str, summary={"en": "open"},
              right="drawer.no_sale")
        for run in (beside, journaled)
    ]
"""


@pytest.mark.parametrize("at", [0, 1], ids=["nothing journaled", "an event journaled"])
def test_an_approval_is_good_for_one_answer(device, at):
    """Asked again, the route needs another approval."""
    device.plugin("box", ROUTES)
    till = device.open()
    staffed(device.shop)
    till.staff.sign_in("ana", PINS["ana"])
    _, route = till.host.offers("cashwrap_routes", Route)[at]
    asked = Asked(None, {}, {}, "ana", "", "")

    def ask() -> bytes:
        return answer(till, "box", route, asked, msgspec.json.encode)

    with pytest.raises(ApprovalNeeded) as needed:
        ask()
    till.staff.approve(needed.value.act, "boss", PINS["boss"])
    assert ask() == b'"opened"'
    with pytest.raises(ApprovalNeeded):
        ask()
    kinds = [record.envelope.kind for record in till.store.records()]
    assert kinds.count("staff.approval_used") == 1
