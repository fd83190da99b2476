"""Which PBXs a request may mean, found by the credentials that it carries and not by asking each PBX.

They are sought by digests under a key that only this process has: so neither how long it takes, nor where a digest lies
in the dictionary, tells anything of what the PBXs' credentials are like. Whoever is found still compares.
"""

from __future__ import annotations

from hashlib import blake2b
from os import urandom
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.kit.limits import RequestLimits
    from pbxsim.kit.request import Request
    from pbxsim.kit.vendor import Vendor

_KEY: Final = urandom(32)


class CredentialIndex:
    """The PBXs that speak one vendor's interface, by their credentials there.

    A request is read anew for each kind of limits that PBXs have. A PBX of which no credentials are known is always
    among those that may be meant.
    """

    def __init__(self, vendor: Vendor, hosts: Sequence[HostedPbx]) -> None:
        self._vendor = vendor
        self._hosts = hosts
        self._always: set[int] = set()
        self._places: dict[RequestLimits, dict[bytes, list[int]]] = {}
        for place, host in enumerate(hosts):
            self._learn(place, host)

    def _learn(self, place: int, host: HostedPbx) -> None:
        known = host.credential_parts(self._vendor.name)
        if not known:
            self._always.add(place)
        places = self._places.setdefault(host.request_limits, {})
        for part in known:
            places.setdefault(_digest(part), []).append(place)

    def meant(self, request: Request) -> Iterable[HostedPbx]:
        """Give those that may claim a request, in their order: they are to be asked, and nobody else need be."""
        found = set(self._always)
        for limits, places in self._places.items():
            request.limit(limits)
            carried = self._vendor.carries(request)
            if carried is None:
                return self._hosts
            for part in carried:
                found.update(places.get(_digest(part), ()))
        return [self._hosts[place] for place in sorted(found)]


def _digest(part: tuple[str, ...]) -> bytes:
    return blake2b(repr(part).encode(), key=_KEY, digest_size=16).digest()
