"""What tests need.

For whoever tests an integration: `PbxServer` serves PBXs and steers them (server.py), `Receiver` takes their webhooks
(receiver.py), and a pytest plugin hands out both (pytest_plugin.py); docs/testing.md tells of them.

For whoever works on pbxsim, or on an engine: a small PBX in few words (office.py), and what every engine must keep
(engine_contract.py).

Public: names in here are as stable as the rest of the interface. Nothing is imported until one is used, and only the
plugin needs pytest; under pytest, `pytest.register_assert_rewrite("pbxsim.testing")` in a conftest.py has the
referee say more.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pbxsim.testing.async_client import AsyncPbx
    from pbxsim.testing.client import Pbx, Snapshot
    from pbxsim.testing.control import ControlRefused, ServerGone
    from pbxsim.testing.phones import Phone
    from pbxsim.testing.receiver import Received, Receiver
    from pbxsim.testing.records import Call, Cdr, SentRequest, Webhook
    from pbxsim.testing.server import PbxServer, ServerFailed

__all__ = [
    "AsyncPbx",
    "Call",
    "Cdr",
    "ControlRefused",
    "Pbx",
    "PbxServer",
    "Phone",
    "Received",
    "Receiver",
    "SentRequest",
    "ServerFailed",
    "ServerGone",
    "Snapshot",
    "Webhook",
]

_WHERE: Final = {
    "AsyncPbx": "async_client",
    "Call": "records",
    "Cdr": "records",
    "ControlRefused": "control",
    "Pbx": "client",
    "PbxServer": "server",
    "Phone": "phones",
    "Received": "receiver",
    "Receiver": "receiver",
    "SentRequest": "records",
    "ServerFailed": "server",
    "ServerGone": "control",
    "Snapshot": "client",
    "Webhook": "records",
}


def __getattr__(name: str) -> object:
    """Import what is asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
