"""The link to an Asterisk over AMI. The only file that knows panoramisk, and of that only how a message is spelt.

What must hold of such a link is seen to here: it is up only after a login to an Asterisk of the right release; nothing
is said on it late, for what was not sent is not kept; each action has a time limit; a peer that is silent is noticed by
a ping of our own; no value can begin a new header; and it is made again, by itself, until it is closed.
"""

from __future__ import annotations

import asyncio
import codecs
import logging
from collections import deque
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pbxsim.engines.asterisk.release import MAJOR, is_fit
from pbxsim.engines.engine import EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from pbxsim.engines.asterisk.ami_login import AmiLogin

try:
    from panoramisk.ami_protocol import AMIProtocol
except ImportError as error:  # an optional extra
    raise EngineUnreachable("the engine asterisk needs panoramisk: pip install 'pbxsim[asterisk]'") from error

Event: TypeAlias = dict[str, str]
"""A message from Asterisk: its headers by name in lower case; of a header that comes twice, the first."""

LIMIT: Final = 3.0
"""Seconds within which Asterisk must answer an action."""

_PING: Final = 2.0  # seconds between two pings, and how long each may take
_UNANSWERED: Final = 5  # pings in a row after which a peer is given up that tells things, but does not answer
_RETRY: Final = 0.5  # seconds between two tries to connect again
_log: Final = logging.getLogger("pbxsim")
_chatter: Final = logging.getLogger("pbxsim.ami")
_chatter.setLevel(logging.WARNING)  # what panoramisk says of itself


class LinkDown(Exception):
    """There is no link now: nothing was sent, or no answer can come."""


class ActionFailed(Exception):
    """Asterisk will not do what it was asked for; says why, in its words."""


class AmiLink:
    """A link with AMI. `heard` gets each event, in order; `went_down` is called when the link is lost.

    `returned` is awaited after each login but the first: only when it is done `is_up`. `before_return` is awaited
    before each try to connect again.
    """

    def __init__(
        self,
        login: AmiLogin,
        *,
        heard: Callable[[Event], None],
        went_down: Callable[[], None],
        returned: Callable[[], Awaitable[None]],
        before_return: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.is_up = False
        self._login = login
        self._heard = heard
        self._went_down = went_down
        self._returned = returned
        self._before_return = before_return
        self._protocol: Any = None
        self._pending: set[asyncio.Future[Any]] = set()
        self._lists: dict[str, tuple[list[Event], asyncio.Future[Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._lost = asyncio.Event()
        self._booted = asyncio.Event()
        self._asked = 0
        self._told = 0
        self._unanswered = 0

    async def open(self, patience: float, alive: Callable[[], bool] = lambda: True) -> None:
        """Connect and log in, trying for `patience` seconds while it is `alive`. Raises EngineUnreachable."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + patience
        while True:
            try:
                await self._log_in(max(_RETRY, ends - loop.time()))
                break
            except (OSError, asyncio.TimeoutError, LinkDown) as error:  # noqa: UP041 - Python 3.10's name is OSError's
                self._drop()
                if loop.time() >= ends or not alive():
                    raise EngineUnreachable(self._nobody(error)) from None
                await self._pause(_RETRY / 10)
        self.is_up = True
        self._spawn(self._keep())

    async def close(self) -> None:
        """End it."""
        self._is_closed = True
        self.is_up = False
        self._drop()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def send(
        self, name: str, failed: Callable[[Exception], None] | None = None, **values: str | int | tuple[str, ...]
    ) -> None:
        """Have Asterisk do something; `failed` hears if it does not, or does not answer in time."""
        self._spawn(self._sent(name, failed, values))

    async def ask(self, name: str, **values: str | int | tuple[str, ...]) -> Event:
        """Have Asterisk do something; give its answer. Raises LinkDown, ActionFailed."""
        if self._protocol is None:
            raise LinkDown("there is no link to Asterisk")
        future = self._protocol.send(_action(name, values), as_list=False)
        self._pending.add(future)
        try:
            answer = _event(await asyncio.wait_for(future, LIMIT))
        except TimeoutError:
            raise ActionFailed(f"{name}: Asterisk did not answer within {LIMIT:g} s") from None
        finally:
            self._pending.discard(future)
        if answer.get("response") != "Success":
            raise ActionFailed(f"{name}: {answer.get('message', 'refused')}")
        return answer

    async def listed(self, name: str) -> list[Event]:
        """Give all entries of one of Asterisk's lists. Raises LinkDown, ActionFailed."""
        self._asked += 1
        tag = f"list-{self._asked}"
        entries: list[Event] = []
        complete: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._lists[tag] = entries, complete
        self._pending.add(complete)
        try:
            await self.ask(name, ActionID=tag)
            await asyncio.wait_for(complete, LIMIT)
        except TimeoutError:
            raise ActionFailed(f"{name}: Asterisk did not end its list within {LIMIT:g} s") from None
        finally:
            self._pending.discard(complete)
            del self._lists[tag]
        return entries

    async def contacts(self) -> list[Event]:
        """Give where telephones are registered. Raises LinkDown, ActionFailed."""
        try:
            return await self.listed("PJSIPShowContacts")
        except ActionFailed as error:
            if "No Contacts found" in str(error):  # an empty list is an error to Asterisk
                return []
            raise

    # -- what panoramisk's protocol asks of whoever owns it --------------------------------------------------------

    forgetable_actions: tuple[str, ...] = ()
    save_stream = None

    @property
    def awaiting_actions(self) -> deque[object]:
        """Take what was not answered when the link went: it is forgotten, for carried out later it would be wrong."""
        return deque(maxlen=0)

    def dispatch(self, message: Any) -> None:  # noqa: ANN401 - panoramisk has no types
        """Take an event. Whatever goes wrong with one must not end the link."""
        event = _event(message)
        self._told += 1
        wanted = self._lists.get(event.get("actionid", ""))
        if wanted is not None:
            entries, complete = wanted
            if event.get("eventlist") == "Complete":
                if not complete.done():
                    complete.set_result(None)
            else:
                entries.append(event)
            return
        if event.get("event") == "FullyBooted":
            self._booted.set()
        try:
            self._heard(event)
        except Exception:
            _log.exception("an event of Asterisk's could not be taken: %s", event.get("event"))

    def connection_lost(self, _reason: object) -> None:
        """Hear that the link is gone."""
        was_up, self.is_up = self.is_up, False
        self._protocol = None
        for future in self._pending:
            if not future.done():
                future.set_exception(LinkDown("the link to Asterisk is lost"))
        self._lost.set()
        if was_up and not self._is_closed:
            self._went_down()

    # -- keeping it --------------------------------------------------------------------------------------------------

    async def _log_in(self, patience: float) -> None:
        login = self._login
        connecting = asyncio.get_running_loop().create_connection(_Protocol, login.host, login.port)
        _, protocol = await asyncio.wait_for(connecting, patience)
        protocol.factory = self
        self._protocol = protocol
        self._lost.clear()
        self._booted.clear()
        try:
            await self.ask("Login", Username=login.user, Secret=login.secret, Events="on")
        except ActionFailed as error:
            self._drop()
            if protocol.version is None:
                raise EngineUnreachable(
                    f"{login.host}:{login.port} does not speak AMI: is it Asterisk's port?"
                ) from None
            raise EngineUnreachable(
                f"Asterisk at {login.host}:{login.port} refuses {login.user!r}: {_words(error)}"
            ) from None
        await asyncio.wait_for(self._booted.wait(), patience)
        version = (await self.ask("CoreSettings")).get("asteriskversion", "")
        if not is_fit(version):
            self._drop()
            raise EngineUnreachable(f"{login.host}:{login.port} is Asterisk {version}, and pbxsim works with {MAJOR}")

    async def _keep(self) -> None:
        while not self._is_closed:
            if self._protocol is None:
                await self._pause(_RETRY)
                await self._log_in_again()
                continue
            await self._wait_for_loss(_PING)
            if self._protocol is not None:
                await self._ping()

    async def _ping(self) -> None:
        """Ask whether it is there. One that is late with the answer, but tells of calls meanwhile, is only busy."""
        told = self._told
        try:
            await asyncio.wait_for(self.ask("Ping"), _PING)
            self._unanswered = 0
        except (TimeoutError, ActionFailed):
            self._unanswered += 1
            if self._told == told or self._unanswered >= _UNANSWERED:
                _log.warning("Asterisk at %r does not answer: the link is given up", self._login)
                self._unanswered = 0
                self._drop()
        except LinkDown:
            pass  # it was noticed

    async def _log_in_again(self) -> None:
        try:
            if self._before_return is not None:
                await self._before_return()
            await self._log_in(LIMIT)
            await self._returned()
        except (OSError, TimeoutError, LinkDown, ActionFailed, EngineUnreachable) as error:
            _log.debug("no link to Asterisk yet: %s", error)
            self._drop()
        else:
            self.is_up = True
            _log.warning("the link to Asterisk at %r is there again", self._login)

    def _drop(self) -> None:
        protocol = self._protocol
        if protocol is not None:
            protocol.transport.abort()
            protocol.closed = True
            self.connection_lost(None)

    async def _pause(self, seconds: float) -> None:
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)

    async def _wait_for_loss(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._lost.wait(), seconds)
        except TimeoutError:
            return

    async def _sent(self, name: str, failed: Callable[[Exception], None] | None, values: dict[str, Any]) -> None:
        try:
            await self.ask(name, **values)
        except (LinkDown, ActionFailed, ValueError) as error:
            if failed is not None:
                failed(error)
            else:
                _log.info("%s", error)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _nobody(self, error: BaseException) -> str:
        why = (error.strerror or "refused") if isinstance(error, OSError) else "it does not answer"
        return f"no Asterisk at {self._login.host}:{self._login.port}: {why.lower()}"


class _Gathering:
    """A transport that sends in one piece what is written in one turn of the loop.

    A write wakes Asterisk, and takes longer than all else that an action costs here. The more there is to do, the
    longer a turn is, and the more goes with one.
    """

    def __init__(self, transport: asyncio.WriteTransport) -> None:
        self._transport = transport
        self._written: list[bytes] = []
        self.close = transport.close
        self.abort = transport.abort

    def write(self, data: bytes) -> None:
        if not self._written:
            asyncio.get_running_loop().call_soon(self._send)
        self._written.append(data)

    def _send(self) -> None:
        written, self._written = self._written, []
        if not self._transport.is_closing():
            self._transport.write(b"".join(written))


class _Protocol(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """Panoramisk's, but for a letter that comes in two pieces, which it would lose, and its encoding."""

    encoding = "utf-8"

    def connection_made(self, transport: asyncio.WriteTransport) -> None:
        super().connection_made(_Gathering(transport))
        self.log = _chatter
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def data_received(self, data: bytes) -> None:
        super().data_received(self._decoder.decode(data).encode())


def _action(name: str, values: dict[str, Any]) -> dict[str, Any]:
    """Spell an action. Raises ValueError for a control character, which could begin a header of its own."""
    action: dict[str, Any] = {"Action": name}
    for key, value in values.items():
        texts = [str(each) for each in value] if isinstance(value, tuple) else [str(value)]
        if not all(text.isprintable() for text in texts):
            raise ValueError(f"{name}: a control character in {key}")
        action[key] = texts if isinstance(value, tuple) else texts[0]
    return action


def _event(message: Any) -> Event:  # noqa: ANN401 - panoramisk has no types
    return {
        str(key).lower(): str(value[0] if isinstance(value, list) else value) for key, value in dict(message).items()
    }


def _words(error: ActionFailed) -> str:
    return str(error).removeprefix("Login: ").lower()
