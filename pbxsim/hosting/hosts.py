"""The PBXs of one server, and which of them a request means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pbxsim.hosting.connection_counts import ConnectionCounts
from pbxsim.hosting.credential_index import CredentialIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pbxsim.hosting.admission import Admission
    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.secret_values import SecretValues
    from pbxsim.kit.request import Request
    from pbxsim.sinks.store.health import StoreHealth


class StoreShown(Protocol):
    """A server's store as far as the control API shows it."""

    @property
    def health(self) -> StoreHealth:
        """How well it writes."""
        ...


class Hosts:
    """The PBXs of one server, by name and by the vendors they speak, in the order in which they were given.

    `store` is where their records last; None where that is memory. `connections` counts the clients of the server.
    `admission` takes further PBXs in, where somebody does.
    """

    def __init__(self, hosts: Iterable[HostedPbx], store: StoreShown | None = None) -> None:
        self.store = store
        self.connections = ConnectionCounts()
        self.admission: Admission | None = None
        self._hosts = {host.name: host for host in hosts}
        self.index()

    def __iter__(self) -> Iterator[HostedPbx]:
        return iter(self._hosts.values())

    def add(self, host: HostedPbx) -> None:
        """Serve one more, behind all others; whoever looked at names and vendors must look again."""
        self._hosts[host.name] = host
        self.index()

    def drop(self, name: str) -> None:
        """Serve it no more; whoever looked at names and vendors must look again."""
        del self._hosts[name]
        self.index()

    def index(self) -> None:
        """Look again at names and vendors, after a PBX began anew by another plan."""
        self._hosts = {host.name: host for host in self._hosts.values()}
        self._credentials: dict[str, CredentialIndex] = {}  # each made when it is first asked for
        self._serving: dict[str, list[HostedPbx]] = {}
        for host in self._hosts.values():
            for vendor in host.interfaces:
                self._serving.setdefault(vendor, []).append(host)

    def named(self, name: str) -> HostedPbx | None:
        """Find a PBX by name."""
        return self._hosts.get(name)

    def first(self) -> HostedPbx:
        """Give the PBX that is meant where none is named."""
        return next(iter(self._hosts.values()))

    @property
    def secrets(self) -> SecretValues:
        """Give what no output shows; the PBXs of a server share it."""
        return self.first().secrets

    def names(self) -> list[str]:
        """Give the names of all PBXs."""
        return list(self._hosts)

    def vendors(self) -> list[str]:
        """Give the names of the vendors that at least one PBX speaks."""
        return list(self._serving)

    def for_request(self, vendor: str, request: Request) -> HostedPbx:
        """Choose the PBX by the credential that the request carries; if none knows it, the vendor's first."""
        serving = self._serving[vendor]
        if len(serving) > 1:
            if vendor not in self._credentials:
                self._credentials[vendor] = CredentialIndex(serving[0].spoken[vendor], serving)
            for host in self._credentials[vendor].meant(request):
                if host.claims(vendor, request):
                    return host
        return serving[0]
