"""A PBX in which there is something of everything that the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.page.clients import PASSWORD, charged_call, get, originate

if TYPE_CHECKING:
    from pbxsim.testing import Pbx, Receiver

SCRIPT = "<script>alert(1)</script>"


def enliven(pbx: Pbx, receiver: Receiver) -> None:
    """Have calls, requests, records and webhooks of every kind; hostile words wherever somebody may choose them."""
    charged_call(pbx)
    pbx.advance(60)
    originate(pbx, "990203020", cdrCustom1=SCRIPT)
    pbx.advance(30)
    get(pbx, f"/{SCRIPT}", {SCRIPT: SCRIPT})
    get(pbx, "/api/api.php", {"username": SCRIPT, "Password": PASSWORD, "action": SCRIPT, "dstNum": SCRIPT})
    receiver.fail_next(100, status=503)
    originate(pbx)
    pbx.advance(8)
    pbx.phones["sip100"].hold()
    pbx.incoming("608000222", "222333500", name=SCRIPT)
    pbx.advance(4)
    pbx.incoming("608000333", "222333500", name="Žofie فارسی")
    pbx.incoming("608000444", "222333446", name=SCRIPT)
    pbx.ask("POST", "/accounts/shop/credit", {"amount": "5.00"})
