"""How long a client may take, how many may be connected, and which of them has to go when there are more.

Every connection costs a file descriptor, and whoever holds all of them ends the service, the store's writing too. So
they are fewer than the process may have open. A client whose request is being answered is never sent away for another:
the one that has waited longest without a request has to go (as nginx does when its `worker_connections` run out), for
clients open a closed connection anew by themselves. Only where none waits does the newcomer get a 503.
"""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.hosting.connection_counts import ConnectionCounts

ACCEPTED_AT_ONCE: Final = 16
"""How many connections are accepted before the first of them is looked at."""

_log: Final = logging.getLogger("pbxsim")
_RESERVE: Final = 128 + 3 * ACCEPTED_AT_ONCE  # store, recordings, webhooks; and those accepted or closed just now
_MOST: Final = 4_096  # some 25 kB each: about 100 MB, and more than any client of a PBX has
_MINUTE: Final = 60.0


class TooManyConnections(ValueError):
    """More connections are wanted than the process may have; says how many it may."""


class ConnectionLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What one client, and all of them, may take: seconds, bytes and connections.

    `first_byte`: from connecting to the first byte, TLS' handshake apart (which may take as long); `header`: from its
    first byte to its last, as Apache's `mod_reqtimeout` (20 to 40 s). `body`: all of it, 1 MB at most. `between`: from
    a reply to the next request, as nginx' `keepalive_timeout`: longer than the 60 s for which clients and proxies
    usually keep a connection, so that these close it and meet no closed one. `sending`: for some of a reply that waits
    to be taken, as nginx' `send_timeout`. `header_bytes`: a request line and headers that are not complete yet, twice
    of what nginx takes (four lines of 8 kB). `at_once`: connections of all clients; `per_address`: of one address
    (of IPv6 one /64), a busy office behind one router; loopback, where tests and load tools are, is free of that.
    """

    first_byte: float = 30.0
    header: float = 30.0
    body: float = 10.0
    between: float = 75.0
    sending: float = 60.0
    header_bytes: int = 65_536
    at_once: int = _MOST
    per_address: int = 256

    @classmethod
    def of_this_process(cls, wishes: ConnectionWishes | None = None) -> ConnectionLimits:
        """Have what is wished for, and else as many connections as this process may have files open.

        Raises TooManyConnections where more are wished for than fit beside what else needs open files.
        """
        wished = {} if wishes is None else msgspec.structs.asdict(wishes)
        chosen = {name: limit for name, limit in wished.items() if limit is not None}
        descriptors = _descriptors()
        most = at_once(descriptors, most=None)
        if chosen.setdefault("at_once", at_once(descriptors)) > most:
            raise TooManyConnections(
                f"this process may have {descriptors} files open, so {most} connections at most: raise `ulimit -n`"
            )
        return cls(**chosen)


class ConnectionWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants otherwise: see ConnectionLimits. None: as usual."""

    at_once: int | None = None
    per_address: int | None = None
    first_byte: float | None = None
    header: float | None = None
    body: float | None = None
    between: float | None = None
    sending: float | None = None
    header_bytes: int | None = None


class Client(Protocol):
    """A connection, as far as it can be told to go."""

    @property
    def has_request(self) -> bool:
        """Whether a request has arrived that is still to be answered."""
        ...

    def abort(self) -> None:
        """Close it at once; what it was still to be sent is dropped."""
        ...


class OpenConnections:
    """Who is connected, and who of them waits, the longest first. `time` tells the loop's; `counts` is kept right."""

    def __init__(self, limits: ConnectionLimits, time: Callable[[], float], counts: ConnectionCounts) -> None:
        self.limits = limits
        self.counts = counts
        self.full = OnceAMinute(time)
        self._sources: dict[Client, str] = {}
        self._counted: Counter[str] = Counter()
        self._waiting: OrderedDict[Client, None] = OrderedDict()  # most move to its end each time that they are served

    def __len__(self) -> int:
        return len(self._sources)

    def admit(self, client: Client, address: str) -> bool:
        """Take in a client that has just connected, for whom another may have to go; False: there is no room."""
        source, is_local = _source(address)
        if not is_local and self._counted[source] >= self.limits.per_address:
            is_free = self._make_room(source)
        else:
            is_free = len(self._sources) < self.limits.at_once or self._make_room(None)
        if is_free:
            self._sources[client] = source
            self._counted[source] += 1
            self._waiting[client] = None
            self.counts.open += 1
            self.counts.accepted += 1
        return is_free

    def waits(self, client: Client) -> None:
        """Note that a client has its reply, and is to say what next."""
        if client in self._sources:
            self._waiting[client] = None

    def is_served(self, client: Client) -> None:
        """Note that a client's request is being answered."""
        self._waiting.pop(client, None)

    def was_served(self, client: Client) -> None:
        """Note that a client that waited has had a request answered: from now on it has waited the shortest."""
        if client in self._waiting:
            self._waiting.move_to_end(client)
        else:
            self.waits(client)

    def leaves(self, client: Client) -> None:
        """Forget a client. A second time changes nothing."""
        source = self._sources.pop(client, None)
        self._waiting.pop(client, None)
        if source is not None:
            self.counts.open -= 1
            self._counted[source] -= 1
            if not self._counted[source]:
                del self._counted[source]

    def _make_room(self, source: str | None) -> bool:
        """Have the client go that has waited longest, of one source or of all; False where none waits."""
        longest = next((each for each in self._waiting if self._may_go(each, source)), None)
        at, of = (self.limits.at_once, "") if source is None else (self.limits.per_address, f" of {source}")
        does = "closed the one that had waited longest" if longest else "refused a new one"
        self.full.warn(f"{at} connections{of} are open: {does}")
        ceiling = "at_once" if source is None else "per_address"
        if longest is None:
            self.counts.refused[ceiling] += 1
            return False
        self.counts.displaced[ceiling] += 1
        self.leaves(longest)
        longest.abort()
        return True

    def _may_go(self, client: Client, source: str | None) -> bool:
        return not client.has_request and (source is None or self._sources[client] == source)


class OnceAMinute:
    """Warns in the log of what may happen thousands of times a second, a line a minute at most."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._next = 0.0
        self._untold = 0

    def warn(self, words: str) -> None:
        """Say it, or that it happened, when it may be said again."""
        now = self._time()
        if self._next and now < self._next:
            self._untold += 1
            return
        _log.warning("%s%s", words, f" (and {self._untold} times more before)" if self._untold else "")
        self._next, self._untold = now + _MINUTE, 0


def at_once(descriptors: int, most: int | None = _MOST) -> int:
    """Tell how many connections there may be where the process may have so many descriptors; `most` without need."""
    fit = max(1, descriptors - min(descriptors // 2, _RESERVE))
    return fit if most is None else min(fit, most)


def _descriptors() -> int:
    try:
        import resource
    except ImportError:  # Windows, where nothing limits them
        return _MOST + _RESERVE
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST + _RESERVE if soft == resource.RLIM_INFINITY else soft


def _source(address: str) -> tuple[str, bool]:
    """Tell by what an address is counted, and whether it is this machine's own."""
    try:
        read = ip_address(address.partition("%")[0])
    except ValueError:  # no address of the internet: a socket of this machine
        return address, True
    if not isinstance(read, IPv6Address):
        return address, read.is_loopback
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped), read.ipv4_mapped.is_loopback
    return f"{IPv6Address(int(read) >> 64 << 64)}/64", read.is_loopback
