"""What a PBX file may say under `vendors: simotel: components:`: places in its dialplan that ask a web service.

The settings are those of a component in the vendor's dialplan editor; its outputs are numbers of a context here.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import msgspec

from pbxsim.kit.receiving import server_faults, without_scheme
from pbxsim.kit.vendor import NOT_SHOWN, SettingsFault
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import Refused
from pbxsim.pbx.pbx import Pbx
from pbxsim.vendors.simotel.event_settings import ADDRESS, Method, is_address

LONGEST_TIMEOUT: Final = 86_400
_LONGEST_WAIT: Final = 60
_LONGEST_NAME: Final = 100


class ComponentKind(StrEnum):
    """Which component of the vendor's it is, and so what it asks for."""

    EXTENSION = "extension_api"
    TRUNK = "trunk_api"
    IVR = "ivr_api"


class ComponentEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A component that asks the customer's web service where a call goes.

    For example `{name: vip, kind: extension_api, address: "https://crm.example.com/route", context: main_routing,
    failure: "552"}`; a number leads to it by `{component: vip}` in a context's entries or in `dids`.

    `name`: what leads to it, and what it sends as `app_name`. `context`: where the extensions that are answered and the
    numbers given here are dialled. `data`: what its caller has entered by then; simulated callers press no keys.
    `method`: GET or POST; absent: as the events are sent. `answer_within`: seconds of the world's time that an answer
    may take. `timeout`: seconds that an extension or a trunk is rung. `failure`: the number at its output F (of an IVR:
    where there is no answer, or a case that is not here); `busy`: at its output B; without them the call ends.
    `cases`: the numbers at an IVR's outputs. `username` and `password`: HTTP Basic.
    """

    name: str
    kind: ComponentKind
    address: str
    context: str
    data: str = ""
    method: Method | None = None
    answer_within: float = 1
    timeout: int = 30
    failure: str = ""
    busy: str = ""
    cases: dict[str, str] = {}
    username: str = ""
    password: str = ""


def component_faults(entries: tuple[ComponentEntry, ...], pbx: Pbx, path: str) -> Iterator[SettingsFault]:
    """Find what could never work; `path` is where the list stands. No fault shows a password or a token."""
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        where = f"{path}[{index}]"
        if entry.name in seen:
            yield SettingsFault(f"{where}.name", entry.name, "a name that no other component has")
        seen.add(entry.name)
        yield from _own_faults(entry, where)
        yield from _credentials(entry, where)
        yield from _outputs(entry, where)
        yield from _exits(entry, pbx, where)


def _own_faults(entry: ComponentEntry, path: str) -> Iterator[SettingsFault]:
    if not _is_name(entry.name):
        yield SettingsFault(f"{path}.name", entry.name, f"a name of at most {_LONGEST_NAME} characters")
    if not is_address(entry.address):
        yield SettingsFault(f"{path}.address", NOT_SHOWN, f"{ADDRESS}{without_scheme(entry.address)}")
    yield from server_faults(entry.address, f"{path}.address")
    if not 0 < entry.answer_within <= _LONGEST_WAIT:
        expected = f"seconds, more than 0 and at most {_LONGEST_WAIT}"
        yield SettingsFault(f"{path}.answer_within", entry.answer_within, expected)
    if not 1 <= entry.timeout <= LONGEST_TIMEOUT:
        yield SettingsFault(f"{path}.timeout", entry.timeout, f"seconds, from 1 to {LONGEST_TIMEOUT}")


def _credentials(entry: ComponentEntry, path: str) -> Iterator[SettingsFault]:
    if ":" in entry.username:  # RFC 7617, 2: the first colon ends the user name
        yield SettingsFault(f"{path}.username", entry.username, "a name without ':'")
    if entry.password and not entry.username:
        yield SettingsFault(f"{path}.username", "", "a user name to the password")


def _outputs(entry: ComponentEntry, path: str) -> Iterator[SettingsFault]:
    if entry.busy and entry.kind is not ComponentKind.EXTENSION:
        yield SettingsFault(f"{path}.busy", entry.busy, "nothing: only an extension_api has an output B")
    if entry.cases and entry.kind is not ComponentKind.IVR:
        yield SettingsFault(f"{path}.cases", entry.cases, "nothing: only an ivr_api has cases")
    if not entry.cases and entry.kind is ComponentKind.IVR:
        yield SettingsFault(f"{path}.cases", entry.cases, "a case at least, as {'3': '552'}")


def _exits(entry: ComponentEntry, pbx: Pbx, path: str) -> Iterator[SettingsFault]:
    if not pbx.dialplan.knows(entry.context):
        listed = ", ".join(pbx.directory.contexts)
        yield SettingsFault(f"{path}.context", entry.context, f"one of the file's contexts: {listed}")
        return
    exits = {"failure": entry.failure, "busy": entry.busy}
    exits |= {f"cases.{case}": number for case, number in entry.cases.items()}
    for key, number in exits.items():
        if (number or key.startswith("cases.")) and _leads_nowhere(number, entry.context, pbx):
            yield SettingsFault(f"{path}.{key}", number, f"a number that leads somewhere in context {entry.context}")


def _leads_nowhere(number: str, context: str, pbx: Pbx) -> bool:
    there = pbx.dialplan.resolve(number, context)
    return isinstance(there, Refused) and there.cause is HangupCause.UNALLOCATED


def _is_name(name: str) -> bool:
    return 0 < len(name) <= _LONGEST_NAME and name.isprintable() and name == name.strip()
