"""What a start prints: where the server is, and one command for each vendor that works as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim import __version__
from pbxsim.clock.instant import iso
from pbxsim.web.control.access import is_loopback
from pbxsim.web.paths import CONTROL_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.hosts import Hosts
    from pbxsim.kit.vendor import Vendor

_CONTROL = (
    ("calls", "watch it ring, be answered, end"),
    ("cdrs", "read its record"),
    ("openapi.json", "all there is to steer"),
)

_HIDDEN = "\n(credentials are shown in a terminal only: *** stands for what the PBX file says)"


def base_url(host: str, port: int, *, tls: bool) -> str:
    """Give the URL under which a server on that host and port is reached from this machine."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    name = f"[{reached}]" if ":" in reached else reached
    return f"{'https' if tls else 'http'}://{name}:{port}"


def reach(host: str, *, needs_token: bool) -> tuple[str, ...]:
    """Say who can reach what of a server that does not listen on the loopback alone; nothing of one that does."""
    if is_loopback(host):
        return ()
    where = "all addresses of this machine" if host in ("", "0.0.0.0", "::") else host
    control = "with the token only" if needs_token else "without a token"
    return (f"Whoever reaches {where} can use the vendors' interfaces, and the control API {control}",)


def banner(
    hosts: Hosts,
    vendors: Mapping[str, Vendor],
    url: str,
    *,
    kept_in: str,
    self_signed: bool,
    needs_token: bool,
    shows_credentials: bool,
    reach: Sequence[str] = (),
) -> str:
    """Write it. `kept_in` says in words where records last, `reach` who can reach the server, where it is not obvious.

    With `shows_credentials` the commands work as they stand; without, `***` is in the place of each secret.
    """
    curl = "curl --insecure" if self_signed else "curl"
    token = ' -H "Authorization: Bearer $PBXSIM_CONTROL_TOKEN"' if needs_token else ""
    lines = [f"pbxsim {__version__} on {url}", *reach, f"Look at it live: {url}/", f"Call records are in {kept_in}"]
    for host in hosts:
        lines += _calls(host, vendors, url, curl, shows_credentials=shows_credentials)
    if not shows_credentials:
        lines.append(_HIDDEN)
    lines.append("\nThen")
    lines += [f"  {words}\n    {curl}{token} '{url}{CONTROL_ROOT}/{path}'" for path, words in _CONTROL]
    return "\n".join(lines) + "\n"


def _calls(
    host: HostedPbx, vendors: Mapping[str, Vendor], url: str, curl: str, *, shows_credentials: bool
) -> Iterator[str]:
    yield f"\nPBX {host.name}: clock {_pace(host)}, from {iso(host.pbx.clock.now)}, seed {host.seed}"
    if host.found_records is not None:
        count = f"{host.found_records} record{'s' * (host.found_records != 1)}"
        yield f"  goes on from an earlier run: {count}; POST {CONTROL_ROOT}/reset forgets them"
    for vendor, interface in host.interfaces.items():
        line = interface.curl(url)
        if line and not shows_credentials:
            line = host.without_secrets(vendor, line)
        yield f"  {vendors[vendor].title}"
        yield f"    {line.replace('curl', curl, 1)}" if line else "    (its settings allow no call)"
    yield from _telephones(host, shows_credentials=shows_credentials)


def _telephones(host: HostedPbx, *, shows_credentials: bool) -> Iterator[str]:
    """Say where real telephones register, and as whom one does."""
    accounts = (host.engine.account_of(user) for user in host.pbx.directory.lines)
    account = next((account for account in accounts if account is not None), None)
    if account is not None:
        secret = account.secret if shows_credentials else "***"
        server = f"{account.server}, over TLS at {account.tls}" if account.tls else account.server
        yield f"  Telephones register at {server}, one as user {account.user} with password {secret}"
        yield f"    pbxsim phones --engine {host.engine.engine.name} tells of all"


def _pace(host: HostedPbx) -> str:
    rate = host.driver.rate
    if not rate:
        return "paused"
    return "real" if rate == 1 else f"at {rate:g} times real time"
