"""Who may ask: accounts by their credentials, and pages that call out of a browser.

The API key, HTTP Basic or both are compared in constant time with every account. The vendor's JavaScript sample runs in
a browser, which asks first (Fetch standard, CORS).
"""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from pbxsim.kit.holders import Holders
from pbxsim.kit.refusal import Refusal
from pbxsim.kit.reply import Reply
from pbxsim.vendors.simotel.errors import Failure
from pbxsim.vendors.simotel.settings import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pbxsim.kit.request import Request
    from pbxsim.vendors.simotel.settings import Account

_KEY: Final = "X-APIKEY"
_BASIC: Final = "Authorization"
_TOKEN: Final = Mode.TOKEN
_BY_NAME: Final = Mode.BASIC
_ALIKE: Final = ("api", "key", "auth", "token")  # a header with one of these in its name was meant for us
_SCHEMES: Final = (
    "bearer",
    "digest",
    "negotiate",
    "apikey",
    "token",
)  # what else stands there may be the secret itself
_PREFLIGHT: Final = (
    ("Access-Control-Allow-Methods", "PUT, POST"),
    ("Access-Control-Allow-Headers", "X-APIKEY, Authorization, Content-Type"),
    ("Access-Control-Max-Age", "600"),
)


def carries(request: Request) -> tuple[tuple[str, ...], ...] | None:
    """Give the key and the name with its password in a request, as `settings.credentials` gives an account's.

    A browser that asks first sends neither.
    """
    if _is_question(request):
        return None
    return ("API key", request.headers.get(_KEY, "")), ("basic", *_read_basic(request.headers.get(_BASIC, "")))


class Accounts:
    """The accounts of a PBX, found by what their requests carry."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._accounts = accounts
        enabled = [(place, each) for place, each in enumerate(accounts) if each.enabled]
        modes = ((mode, [one for one in enabled if one[1].mode is mode]) for mode in Mode)
        self._of_mode = [(mode, Holders(_held(mode, those))) for mode, those in modes if those]
        self._usual = Holders(
            ((each.username, each.password), (dict(each.headers())[_BASIC],))
            for _, each in enabled
            if each.mode.takes_basic
        )

    def find(self, headers: Mapping[str, str]) -> Account:
        """Give the first enabled account whose credentials a request carries. Raises Refusal.

        An account looks at the headers of its own mode only.
        """
        key, basic = headers.get(_KEY, ""), headers.get(_BASIC, "")
        if not key and not basic:
            raise Refusal(Failure.CREDENTIALS_MISSING, *_header_hints(headers))
        username, password = (self._usual.find(basic) or _read_basic(basic)) if basic else ("", "")
        found = [
            place
            for mode, holders in self._of_mode
            if (place := holders.find(*_texts(mode, key, username, password))) is not None
        ]
        if not found:
            raise Refusal(Failure.CREDENTIALS_INVALID, *_wrong(self._accounts, key, basic, (username, password)))
        return self._accounts[min(found)]


def _held(mode: Mode, accounts: Iterable[tuple[int, Account]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give what each account's requests carry; one without a name or a key that its mode asks for has none."""
    for place, account in accounts:
        if (account.username or mode is _TOKEN) and (account.api_key or mode is _BY_NAME):
            yield place, _texts(mode, account.api_key, account.username, account.password)


def _texts(mode: Mode, key: str, username: str, password: str) -> tuple[str, ...]:
    if mode is _TOKEN:
        return (key,)
    return (username, password) if mode is _BY_NAME else (key, username, password)


def _read_basic(header: str) -> tuple[str, str]:
    """Read `Basic <base64 of user:password>` (RFC 7617), padded or not. Two empty texts where it is none."""
    scheme, _, coded = header.strip().partition(" ")
    coded = coded.strip().rstrip("=")
    if scheme.lower() != "basic":
        return "", ""
    try:
        pair = b64decode(coded + "=" * (-len(coded) % 4), validate=True).decode()
    except ValueError:  # binascii.Error and UnicodeDecodeError are both
        return "", ""
    username, _, password = pair.partition(":")
    return username, password


def _wrong(accounts: Sequence[Account], key: str, basic: str, pair: tuple[str, str]) -> tuple[str, ...]:
    """Say what is wrong with each of the credentials that came, else which other the account needs."""
    faults = [*_wrong_key(accounts, key)] if key else []
    faults += _wrong_basic(accounts, basic, *pair) if basic else []
    if faults:
        return (*faults, _modes(accounts))
    own = [each for each in accounts if (key and each.api_key == key) or (basic and each.username == pair[0])]
    if not any(each.enabled for each in own):
        return ("the account that has these credentials is not enabled",)
    if key and basic:
        return (f"{_KEY} and {_BASIC} are those of two accounts",)
    missing = _BASIC if key else _KEY
    return (f"only one of {_KEY} and {_BASIC} came: an account of mode both needs {missing} too", _modes(accounts))


def _wrong_key(accounts: Sequence[Account], key: str) -> Iterator[str]:
    if not any(account.api_key and account.api_key == key for account in accounts):
        yield "no api_key of this PBX is the one sent"


def _wrong_basic(accounts: Sequence[Account], basic: str, username: str, password: str) -> Iterator[str]:
    scheme = basic.strip().partition(" ")[0]
    named = [account for account in accounts if account.username and account.username == username]
    if scheme.lower() != "basic":
        shown = f" is of the scheme {scheme}" if scheme.lower() in _SCHEMES else " has another scheme"
        yield f"{_BASIC}{shown}: only Basic is documented"
    elif not named:
        yield "no account of this PBX has the username that was sent"
    elif not any(account.password == password for account in named):
        yield "the password is not that of the username that was sent"


def _modes(accounts: Sequence[Account]) -> str:
    modes = sorted({account.mode.value for account in accounts if account.enabled})
    return f"accounts of this PBX are of the mode {', '.join(modes)}" if modes else "no account of this PBX is enabled"


def _header_hints(headers: Mapping[str, str]) -> tuple[str, ...]:
    others = [name for name in headers if name.lower() != _BASIC.lower()]
    alike = [name for name in others if any(part in name.lower() for part in _ALIKE)]
    return tuple(f"header {name[:64]!r} is not documented: {_KEY} and {_BASIC} are" for name in alike[:3])


def _is_question(request: Request) -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


class Pages:
    """The pages that may call from a browser: origins such as `https://crm.example.com`, `*` for any."""

    def __init__(self, origins: Sequence[str]) -> None:
        self._origins = frozenset(origins)

    def asks_first(self, request: Request) -> bool:
        """Tell whether this is the question that a browser asks before a page's call, for a page that may."""
        return _is_question(request) and bool(self._allowed(request))

    def may(self, request: Request) -> Reply:
        """Answer that question with yes."""
        headers = self._allowed(request) + _PREFLIGHT
        return Reply(body=b"", content_type="text/plain", status=204, headers=headers)

    def shown(self, reply: Reply, request: Request) -> Reply:
        """Let a page that may call read the reply, a failure too."""
        headers = self._allowed(request)
        return replace(reply, headers=reply.headers + headers) if headers else reply

    def _allowed(self, request: Request) -> tuple[tuple[str, str], ...]:
        if not self._origins:
            return ()
        if "*" in self._origins:
            return (("Access-Control-Allow-Origin", "*"),)
        origin = request.headers.get("Origin", "")
        if origin not in self._origins:
            return ()
        return (("Access-Control-Allow-Origin", origin), ("Vary", "Origin"))
