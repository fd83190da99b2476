"""What a customer's own tests say of these clients: all pass in the plain order."""

import clients
import pytest

CRMS = [
    clients.Crm,
    clients.DropsWhatComesBeforeTheReply,
    clients.NeedsRingingFirst,
    clients.CountsTwice,
    clients.JoinsByTheLastOrder,
    clients.DialsAgain,
    clients.TakesAnErrorForNo,
    clients.ReadsTheReportAtOnce,
    clients.FetchesTheRecordingOnce,
    clients.TakesTheLastForTheState,
    clients.GivesUpWithoutAnAnswer,
]
BILLINGS = [clients.Billing, clients.TakesAReferenceForAnId, clients.AddsUpCharges, clients.AsksForToday]

pytestmark = pytest.mark.pbx(file="crm.yaml")


@pytest.mark.pbx_orders
@pytest.mark.parametrize("kind", CRMS)
def test_two_orders_are_called(pbx, pbx_receiver, kind):
    crm = kind(pbx)
    pbx_receiver.handler = crm.webhook
    crm.dial("order-1", "990103020")
    pbx.advance(26)
    crm.dial("order-2", "990103010")
    for _ in range(6):
        pbx.advance(6)
        crm.poll()
    assert [crm.card("order-1"), crm.card("order-2")] == [("ended", 20, True, True), ("ended", 10, True, True)]
    assert len(pbx.calls) == 2


@pytest.mark.pbx_orders(sample=400, without=("overtaken", "midnight", "late", "twice", "swapped"))
@pytest.mark.parametrize("kind", [clients.Crm, clients.LooksOnceThenDialsAgain])
def test_an_order_is_called_once(pbx, pbx_receiver, kind):
    crm = kind(pbx)
    pbx_receiver.handler = crm.webhook
    crm.dial("order-1", clients.CALLEE)
    for _ in range(40):
        pbx.advance(1)
        crm.poll()
    assert len(pbx.calls) == 1


@pytest.mark.pbx_orders
@pytest.mark.parametrize("kind", BILLINGS)
def test_each_call_is_billed(pbx, pbx_receiver, kind):
    billing = kind(pbx)
    pbx_receiver.handler = billing.webhook
    for callee in ("990103020", "990103020"):
        billing.call(callee)
        pbx.advance(40)
    assert billing.total() == 86
