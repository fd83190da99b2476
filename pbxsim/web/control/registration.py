"""How a real telephone registers as a line: what is typed into it, and the same as a picture to hold it in front of.

This is the one place where a line's secret is shown: whoever is to register a telephone must have it.
"""

from __future__ import annotations

import msgspec

from pbxsim.engines.engine import SipAccount
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.web.control.phones import line_named
from pbxsim.web.control.response import Response, document


class AccountShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a telephone is told; all null but `line` and `user` where its engine acts it, so that none can register.

    `ws` is where one in a browser registers, null: nowhere; `tls` is left out where none can over TLS. `qr` is a
    picture (a data URI, SVG) of `uri` with its secret, null where segno is not installed (`pip install 'pbxsim[qr]'`).
    """

    line: str
    server: str | None = None
    user: str
    secret: str | None = None
    uri: str | None = None
    ws: str | None = None
    qr: str | None = None
    tls: str | msgspec.UnsetType = msgspec.UNSET


def shown(host: HostedPbx, user: str) -> Response:
    """Tell how a telephone registers as a line."""
    line = line_named(host, user)
    account = host.engine.account_of(line.user)
    if account is None:
        return document(AccountShown(line=line.user, user=line.user))
    return document(
        AccountShown(
            line=line.user,
            server=account.server,
            user=account.user,
            secret=account.secret,
            uri=account.uri,
            ws=account.ws or None,
            qr=_picture(account),
            tls=account.tls or msgspec.UNSET,
        )
    )


def _picture(account: SipAccount) -> str | None:
    """Draw what a softphone must know."""
    try:
        import segno
    except ImportError:
        return None
    picture: str = segno.make(account.uri_with_secret, micro=False, error="m").svg_data_uri(scale=4, border=4)
    return picture
