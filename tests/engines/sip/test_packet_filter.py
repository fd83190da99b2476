"""What the kernel drops before it is read, at real sockets."""

from __future__ import annotations

import socket
import sys
from contextlib import ExitStack, closing

import pytest

from pbxsim.engines.sip.floods import Sender
from pbxsim.engines.sip.packet_filter import MOST_EXEMPT, attach, dropped, program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="packet filters: the system is not Linux")

LOOPBACKS = ["127.0.0.1", "::1"]


class Exchange:
    """A socket that is sent to by others of the same address, each with a port of its own."""

    def __init__(self, stack: ExitStack, host: str, senders: int) -> None:
        self.host = host
        self.family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.opened, *self.senders = [self._socket(stack) for _ in range(senders + 1)]
        self.ports = [sender.getsockname()[1] for sender in self.senders]

    def _socket(self, stack: ExitStack) -> socket.socket:
        made = stack.enter_context(closing(socket.socket(self.family, socket.SOCK_DGRAM)))
        made.bind((self.host, 0))
        made.setblocking(False)
        return made

    def filter(self, *senders: Sender, exempt: tuple[int, ...] = ()) -> None:
        """Drop what these send."""
        assert attach(self.opened, program(self.family, senders, {self.host: exempt}))

    def heard(self) -> list[int]:
        """Have each send a datagram; give the indices of those that are heard."""
        for sender in self.senders:
            sender.sendto(b"hello", self.opened.getsockname())
        heard = []
        while True:
            try:
                heard.append(self.ports.index(self.opened.recvfrom(100)[1][1]))
            except BlockingIOError:
                return heard


@pytest.mark.parametrize("host", LOOPBACKS)
def test_a_port_is_dropped_an_address_but_for_its_exempt_ports_and_all_is_heard_again(host: str) -> None:
    with ExitStack() as stack:
        exchange = Exchange(stack, host, 4)
        ports = exchange.ports
        assert exchange.heard() == [0, 1, 2, 3]
        exchange.filter(Sender(host, ports[1]))
        assert exchange.heard() == [0, 2, 3]
        exchange.filter(Sender(host, ports[1]), Sender(host, ports[3]))
        assert exchange.heard() == [0, 2]
        exchange.filter(Sender(host, 0))
        assert exchange.heard() == []
        exchange.filter(Sender(host, 0), exempt=(ports[0], ports[2]))
        assert exchange.heard() == [0, 2]
        exchange.filter(Sender(host, 0), Sender(host, ports[2]), exempt=(ports[0], ports[2]))
        assert exchange.heard() == [0]
        assert dropped(exchange.opened) == 1 + 2 + 4 + 2 + 3
        exchange.filter()
        assert exchange.heard() == [0, 1, 2, 3]
        exchange.filter()


@pytest.mark.parametrize("host", LOOPBACKS)
def test_another_address_is_heard_whatever_is_dropped_and_the_last_of_a_full_list_is_dropped(host: str) -> None:
    others = [f"192.0.2.{number}" if host == "127.0.0.1" else f"::{number}:1" for number in range(1, 16)]
    with ExitStack() as stack:
        exchange = Exchange(stack, host, 1)
        ports = tuple(range(1, MOST_EXEMPT + 1))
        exempt = dict.fromkeys([*others, host], ports)
        blocked = [Sender(other, 0) for other in others]
        assert attach(exchange.opened, program(exchange.family, blocked, exempt))
        assert exchange.heard() == [0]
        assert attach(exchange.opened, program(exchange.family, [*blocked, Sender(host, 0)], exempt))
        assert exchange.heard() == []


def test_a_socket_has_nothing_to_do_with_senders_of_the_other_family() -> None:
    assert program(socket.AF_INET, [Sender("::1", 0)], {}) == b""
    assert program(socket.AF_INET6, [Sender("127.0.0.1", 5)], {}) == b""
    link = program(socket.AF_INET6, [Sender("fe80::1%eth0", 5)], {})
    assert link == program(socket.AF_INET6, [Sender("fe80::1", 5)], {})


def test_a_system_that_has_none_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as opened:
        assert not attach(opened, b"no program")
        written = program(socket.AF_INET, [Sender("127.0.0.1", 5)], {})
        monkeypatch.setattr(sys, "platform", "darwin")
        assert not attach(opened, written)
        assert attach(opened, b"")
        assert dropped(opened) == 0
