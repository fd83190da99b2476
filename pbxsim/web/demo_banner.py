"""What `pbxsim demo` prints: which page is a telephone, the one command that rings it, and how a softphone is another.

Passwords are in it, for that is what it is for: whoever asks for a demonstration is to type them somewhere.
"""

from __future__ import annotations

import json
import shlex
from io import StringIO
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from pbxsim import __version__
from pbxsim.web.page import telephone
from pbxsim.web.paths import CONTROL_ROOT, PHONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.engines.engine import SipAccount
    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.hosts import Hosts
    from pbxsim.pbx.extension import Line

_CALLER: Final = {"from": "777123456", "name": "Jan Novák"}
_LOOPBACK: Final = "127."


def demo_banner(hosts: Hosts, url: str, *, self_signed: bool, needs_token: bool) -> str:
    """Write it, for the first PBX with real telephones; empty: there is none. Raises OSError."""
    for host in hosts:
        lines = list(_lines(host))
        if lines:
            told = _told if all(account.ws for _, account in lines) else _told_of_softphones
            curl = "curl --insecure" if self_signed else "curl"
            token = ' -H "Authorization: Bearer $PBXSIM_CONTROL_TOKEN"' if needs_token else ""
            query = {"pbx": host.name} if len(hosts.names()) > 1 else {}
            return "\n".join(told(host.name, lines, url, query, f"{curl}{token}"))
    return ""


def _lines(host: HostedPbx) -> Iterator[tuple[Line, SipAccount]]:
    for user, line in host.pbx.directory.lines.items():
        account = host.engine.account_of(user)
        if account is not None:
            yield line, account


def _told(pbx: str, lines: list[tuple[Line, SipAccount]], url: str, query: dict[str, str], curl: str) -> Iterator[str]:
    line, account = next(((line, account) for line, account in lines if line.extension.public), lines[0])
    desk, other = next((each for each in lines if each[0] is not line), (line, account))
    yield f"pbxsim {__version__} on {url}: the PBX {pbx}, with real telephones\n"
    yield f"Open this telephone, number {line.extension.internal}, in a browser:"
    yield f"  {url}{PHONE}?{urlencode({'line': line.user, **query})}"
    if telephone.library() is None:
        yield "  (it lacks its library, JsSIP: `make phone` fetches it)"
    yield "\nThen have somebody outside call it:"
    yield f"  {_ringing(line, url, query, curl)}"
    yield f"\nSee it live, and ring it as your vendor's client would: {url}/#/try\n"
    yield from _softphone(desk, other, "asterisk")


def _told_of_softphones(
    pbx: str, lines: list[tuple[Line, SipAccount]], url: str, query: dict[str, str], curl: str
) -> Iterator[str]:
    line, account = next(((line, account) for line, account in lines if line.extension.public), lines[0])
    server = account.server
    yield f"pbxsim {__version__} on {url}: the PBX {pbx}; telephones register at {server} (UDP or TCP)\n"
    yield from _softphone(line, account, "sip")
    yield f"  Linphone: third-party SIP account, user name {account.user}, domain {server}, that password, UDP"
    yield f"  Zoiper: user name {account.user}@{server}, that password, host name {server}, no proxy, SIP UDP"
    yield f"  MicroSIP: SIP server and domain {server}, user name {account.user}, that password, transport UDP"
    yield "  (`pbxsim phones --engine sip` tells of the others; who has no telephone is acted)"
    yield "\nThen have somebody outside call it:"
    yield f"  {_ringing(line, url, query, curl)}"
    yield f"\nSee it live, and ring it as your vendor's client would: {url}/#/try\n"


def _softphone(line: Line, account: SipAccount, section: str) -> Iterator[str]:
    yield f"A softphone is the telephone of number {line.extension.internal} with"
    yield f"  server {account.server}   user {account.user}   password {account.secret}"
    if account.server.startswith(_LOOPBACK):
        yield f"  (on this machine; for one elsewhere, set `{section}: {{address: …}}` in a copy of the PBX file)"
    yield _picture(account)


def _ringing(line: Line, url: str, query: dict[str, str], curl: str) -> str:
    """Give the command that has somebody outside call a line."""
    own = line.extension
    called = {"to": own.public[0]} if own.public else {"to": own.internal, "context": own.dialplan}
    asked = json.dumps({**_CALLER, **called}, ensure_ascii=False)
    target = f"{url}{CONTROL_ROOT}/calls{'?' if query else ''}{urlencode(query)}"
    return f"{curl} {shlex.quote(target)} -H 'Content-Type: application/json' -d {shlex.quote(asked)}"


def _picture(account: SipAccount) -> str:
    try:
        import segno
    except ImportError:
        return "  (a QR code of it takes segno: pip install 'pbxsim[qr]')"
    drawn = StringIO()
    segno.make(account.uri_with_secret, micro=False, error="l").terminal(drawn, compact=True, border=2)
    return drawn.getvalue()
