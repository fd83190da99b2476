"""What people do with the telephones of the office, for tests that compare how something is told before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.pbx.extension import Line
    from tests.vendors.voipsun.client import Client

PHONES: Final = ("sip100", "sip102", "sip103a")
DEEDS: Final[dict[str, Callable[[Client, Line], object]]] = {
    "calls out": lambda client, line: client.ask("originate", srcSipUsername=line.user, dstNum="990102000"),
    "calls a colleague": lambda client, line: client.office.dials(line.user, "299299555", context="firma"),
    "is called": lambda client, line: client.office.incoming('7"\\čж', line.extension.internal, context="firma"),
    "answers": lambda client, line: client.office.handset.answer(line),
    "holds": lambda client, line: client.office.handset.hold(line),
    "consults": lambda client, line: client.office.handset.consult(line, "103"),
    "joins them": lambda client, line: client.office.handset.complete(line),
    "hands on": lambda client, line: client.office.handset.transfer(line, "103"),
    "hangs up": lambda client, line: client.office.handset.hang_up(line),
    "waits": lambda client, _: client.office.advance(1.5),
}

HANDED_ON: Final = [
    ("sip100", deed) for deed in ("calls a colleague", "waits", "waits", "waits", "waits", "hands on", "waits", "waits")
]
"""Who was called second is the first then."""
