"""One PBX of a running server, steered by a test: its clock, its telephones, who calls, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import msgspec

from pbxsim.testing.control import Control
from pbxsim.testing.pbx_files import vendors_of, with_credentials
from pbxsim.testing.phones import Phone, Phones
from pbxsim.testing.records import Call, Cdr, Message, SentRequest, Webhook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

_R = TypeVar("_R", bound=msgspec.Struct)

Kind: TypeAlias = Literal["calls", "cdrs", "requests", "webhooks"]


class Snapshot(msgspec.Struct, frozen=True):
    """A PBX as it was. `document` is JSON that can lie in a file: `Snapshot(path.read_bytes())`."""

    document: bytes


class Pbx:
    """A PBX at a server's `url`, by `name`; None is the server's first. Works with any server, also a remote one.

    `vendors` is the section of that name in its PBX file: `pbx.vendors["voipsun"]["users"][0]["password"]`. Every
    method raises ControlRefused where the PBX will not do it, and ServerGone where nobody answers.
    """

    def __init__(
        self,
        url: str,
        name: str | None = None,
        *,
        token: str = "",
        timeout: float = 60.0,
        vendors: Mapping[str, Any] | None = None,
    ) -> None:
        self._control = Control(url, token=token, timeout=timeout)
        self._token = token
        self._timeout = timeout
        self.name = name
        self.vendors: Mapping[str, Any] = {} if vendors is None else vendors

    @property
    def url(self) -> str:
        """The server's base URL: where your client is to send what it would send to the vendor."""
        return self._control.url

    def ask(self, method: str, path: str, body: object = None, **query: object) -> Any:  # noqa: ANN401 - any JSON
        """Ask its control API: a path below `/_pbxsim`, a JSON body, a query; give the answer's JSON."""
        return self._control.ask(method, path, body, pbx=self.name, **query)

    def listed(self, path: str, key: str, **query: object) -> Iterator[Any]:
        """Give all entries of a list of its control API, whose pages go by the field `key`."""
        return self._control.pages(path, key, pbx=self.name, **query)

    # -- further PBXs of the server -----------------------------------------------------------------------------------

    def copy(self, name: str | None = None, *, receiver: str | None = None) -> Pbx:
        """Have a copy of this PBX served beside it: with credentials of its own, and webhooks to `receiver`."""
        wish = {"copy": self.name or next(self.listed("/pbxs", "name"))["name"], "receiver": receiver}
        return self._added({**wish, "name": name}, self.vendors)

    def host(self, text: str, name: str | None = None, *, fresh_credentials: bool = True) -> Pbx:
        """Have the PBX of a PBX file's text served, too; unless told otherwise with credentials of its own."""
        wish = {"text": text, "name": name, "fresh_credentials": fresh_credentials}
        return self._added(wish, vendors_of(text))

    def remove(self) -> None:
        """Have this PBX served no more. It must have a name."""
        self._control.ask("DELETE", f"/pbxs/{self.name}")

    def _added(self, wish: Mapping[str, object], vendors: Mapping[str, Any]) -> Pbx:
        added = self._control.ask("POST", "/pbxs", wish)
        fresh = with_credentials(vendors, added["credentials"])
        return Pbx(self.url, added["name"], token=self._token, timeout=self._timeout, vendors=fresh)

    # -- time -----------------------------------------------------------------------------------------------------

    @property
    def now(self) -> str:
        """Its time, ISO 8601 in UTC."""
        return str(self.ask("GET", "/clock")["now"])

    def advance(self, seconds: float) -> str:
        """Let so many seconds go by, and tell the time then.

        When it returns, all that is due by then has happened: records are stored, webhooks were tried.
        """
        return str(self.ask("POST", "/clock/advance", {"seconds": seconds})["now"])

    def advance_to(self, moment: str | datetime) -> str:
        """Let time go by until that moment (without a zone: UTC), as `advance` does."""
        to = moment if isinstance(moment, str) else moment.isoformat()
        return str(self.ask("POST", "/clock/advance", {"to": to})["now"])

    def run_next(self) -> bool:
        """Go on to the next instant at which something happens; False where nothing will."""
        return bool(self.ask("POST", "/clock/next")["ran"])

    def run_until_idle(self, limit: float = 86_400) -> bool:
        """Go on until nothing is left to do, or so many seconds have gone by: then it is False."""
        return bool(self.ask("POST", "/clock/run-until-idle", {"limit_seconds": limit})["idle"])

    def set_rate(self, rate: float) -> None:
        """Have its clock go at so many times real time; 0 holds it."""
        self.ask("PUT", "/clock", {"rate": rate})

    def reset(self, seed: int | None = None) -> None:
        """Begin anew: no call, no record, no request, telephones as the PBX file says."""
        self.ask("POST", "/reset", None if seed is None else {"seed": seed})

    def snapshot(self) -> Snapshot:
        """Take down all of it as it is, calls in progress and all, when what is due by now is done."""
        return Snapshot(self._control.raw("GET", "/snapshot", pbx=self.name))

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to what this PBX was, or another of the same file: what comes is what would have come anyway.

        Raises ControlRefused where the snapshot is of another PBX file, or of another pbxsim: it is then as it was.
        """
        self._control.raw("PUT", "/snapshot", msgspec.Raw(snapshot.document), pbx=self.name)

    # -- calls ----------------------------------------------------------------------------------------------------

    def incoming(self, from_: str, to: str | None = None, **more: object) -> Call:
        """Have somebody call: from outside to a public number, or from one of the telephones to whatever it dials.

        `more` as in the control API: `queue`, `group`, `menu` or `context` instead of `to`, `name`, `trunk`,
        `ring_seconds`, and what the caller `presses` once it is answered: `"ww1"`, `[{"after": 3, "digits": "1"}]`.
        """
        wish = {"from": from_, **({} if to is None else {"to": to}), **more}
        return msgspec.convert(self.ask("POST", "/calls", wish), Call)

    def hang_up(self, call: Call | int, cause: int = 16) -> None:
        """End a call from inside the PBX."""
        number = call if isinstance(call, int) else call.id
        self.ask("POST", f"/calls/{number}/hangup", {"cause": cause})

    def call(self, number: int) -> Call:
        """Give a call by its id, as it is now."""
        return msgspec.convert(self.ask("GET", f"/calls/{number}"), Call)

    @property
    def phones(self) -> Phones:
        """Its telephones, by SIP user or internal number."""
        return Phones(self)

    def phone(self, name: str) -> Phone:
        """Give a telephone by its SIP user, or by an internal number that only it has."""
        return Phone(self, name)

    # -- what came of it ------------------------------------------------------------------------------------------

    @property
    def calls(self) -> list[Call]:
        """Calls in progress and those that ended lately, in the order in which they began."""
        return self._all("/calls", "id", Call)

    @property
    def cdrs(self) -> list[Cdr]:
        """All call records, in the order in which calls ended."""
        return self._all("/cdrs", "id", Cdr)

    def cdr(self, **fields: object) -> Cdr:
        """Give the one record with these values: `cdr(custom1="order-1")`. AssertionError where it is not one."""
        __tracebackhide__ = True
        return _the_one("record", self.cdrs, fields)

    def cdrs_csv(self) -> str:
        """Give all call records as a CSV file (RFC 4180)."""
        return self._control.raw("GET", "/cdrs.csv", pbx=self.name).decode()

    def recording(self, cdr: Cdr | int) -> bytes:
        """Give the recording of a record's call, as the PBX made it: WAV, or what the vendor documents."""
        number = cdr if isinstance(cdr, int) else cdr.id
        return self._control.raw("GET", f"/cdrs/{number}/recording", pbx=self.name)

    @property
    def messages(self) -> list[Message]:
        """Messages of voice mail, in the order in which they were left."""
        return self._all("/voicemail", "id", Message)

    def message(self, message: Message | int) -> bytes:
        """Give a message of voice mail as a WAV file."""
        number = message if isinstance(message, int) else message.id
        return self._control.raw("GET", f"/voicemail/{number}/recording", pbx=self.name)

    def switch_hours(self, name: str, period: Literal["open", "closed", "holiday"] | None) -> None:
        """Have opening hours be that from now on, whatever the clock says; None: as it says."""
        self.ask("PUT", f"/hours/{name}", {"period": period})

    @property
    def webhooks(self) -> list[Webhook]:
        """What your servers were to be told, with each try."""
        return self._all("/webhooks", "id", Webhook)

    @property
    def requests(self) -> list[SentRequest]:
        """What clients sent, what they got, and hints where it was probably meant otherwise."""
        return self._all("/requests", "seq", SentRequest)

    @property
    def queues(self) -> list[dict[str, Any]]:
        """The queues, as the control API shows them."""
        return list(self.listed("/queues", "name"))

    @property
    def agents(self) -> list[dict[str, Any]]:
        """The agents, as the control API shows them."""
        return list(self.listed("/agents", "number"))

    def journal(self, *, replayable: bool = False) -> bytes:
        """Everything that happened, in order, one JSON object a line: the same bytes in every run.

        With `replayable` all that was asked stands in front of it, and `pbxsim replay` does it again.
        """
        return self._control.raw("GET", "/journal", pbx=self.name, format="replay" if replayable else "jsonl")

    # -- what goes wrong on purpose -----------------------------------------------------------------------------------

    def force_reply(
        self,
        error: str | int,
        *,
        vendor: str | None = None,
        times: int | None = 1,
        method: str | None = None,
        path: str | None = None,
        action: str | None = None,
        params: Mapping[str, str] | None = None,
        fill: Mapping[str, str] | None = None,
    ) -> None:
        """Have the next requests that match get an error of the vendor's: `force_reply(220, action="originate")`.

        `error` is its code or name, `times` None means all. `action` is the parameter of that name, or the end of the
        path; `params` must be among the request's; `fill` says what stands for placeholders in the error's text.
        """
        wish = {"vendor": vendor, "count": times, "method": method, "path": path, "action": action}
        self.ask("PUT", "/replies", {"error": str(error), "params": params or {}, "fill": fill or {}, **wish})

    def release_replies(self) -> None:
        """Force no replies any more."""
        self.ask("DELETE", "/replies")

    # -- what is expected -----------------------------------------------------------------------------------------

    def wait_for(
        self,
        of: Kind,
        *,
        at_least: int | None = None,
        at_most: int | None = None,
        exactly: int | None = None,
        never: bool = False,
        in_order: Sequence[Mapping[str, object]] | None = None,
        timeout: float = 5.0,
        while_held: bool = False,
        **where: object,
    ) -> int:
        """Wait until so many entries fit `where`, one at least: `wait_for("cdrs", custom1="o-1")`; give their number.

        While the clock is held nothing happens by itself, and nobody waits, unless `while_held`: then for what comes
        from outside. Raises AssertionError with what was seen, and what came nearest.
        """
        __tracebackhide__ = True
        wanted = _expected(where, at_least, at_most, exactly, in_order, never=never)
        told = {"of": of, "timeout_seconds": timeout, "while_held": while_held}
        control = Control(self.url, token=self._token, timeout=timeout + self._timeout)
        return _met(control.ask("POST", "/wait", {**wanted, **told}, pbx=self.name))

    def verify(
        self,
        *,
        at_least: int | None = None,
        at_most: int | None = None,
        exactly: int | None = None,
        never: bool = False,
        in_order: Sequence[Mapping[str, object]] | None = None,
        **where: object,
    ) -> int:
        """See that clients sent so many requests that fit `where`, one at least: `verify(params={"dstNum": "800"})`.

        Gives their number; raises AssertionError with what was sent, and what came nearest.
        """
        __tracebackhide__ = True
        wanted = _expected(where, at_least, at_most, exactly, in_order, never=never)
        return _met(self.ask("POST", "/requests/verify", wanted))

    def _all(self, path: str, key: str, kind: type[_R]) -> list[_R]:
        return [msgspec.convert(each, kind) for each in self.listed(path, key)]


def _expected(
    where: Mapping[str, object],
    at_least: int | None,
    at_most: int | None,
    exactly: int | None,
    in_order: Sequence[Mapping[str, object]] | None,
    *,
    never: bool,
) -> dict[str, object]:
    counts = {"at_least": at_least, "at_most": at_most, "exactly": exactly, "in_order": in_order}
    return {"where": where, "never": never, **{name: count for name, count in counts.items() if count is not None}}


def _met(verdict: Mapping[str, Any]) -> int:
    __tracebackhide__ = True
    if verdict["met"]:
        return int(verdict["count"])
    lines = [f"expected {verdict['wanted']}; {verdict['count'] or 'none'} did fit"]
    nearest = verdict["nearest"]
    if nearest is not None:
        lines.append("what came nearest differs in")
        lines += [f"  {each['field']}: {each['found']!r}, not {each['wanted']!r}" for each in nearest["differs"]]
    lines += (
        ["what was seen:", *(f"  {entry}" for entry in verdict["seen"])] if verdict["seen"] else ["nothing was seen"]
    )
    raise AssertionError("\n".join(lines))


def _the_one(what: str, found: list[_R], fields: Mapping[str, object]) -> _R:
    __tracebackhide__ = True  # by pytest
    fitting = [each for each in found if all(getattr(each, name) == value for name, value in fields.items())]
    if len(fitting) != 1:
        wanted = ", ".join(f"{name}={value!r}" for name, value in fields.items())
        told = "".join(f"\n  {each}" for each in found) or "\n  none at all"
        raise AssertionError(f"{len(fitting)} {what}s with {wanted}; there are:{told}")
    return fitting[0]
