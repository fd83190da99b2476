"""One command line for the banner: an extension rings, then another."""

from __future__ import annotations

from base64 import b64encode
from itertools import permutations
from shlex import quote
from typing import TYPE_CHECKING

from pbxsim.kit.reply import compact_json
from pbxsim.pbx.dialplan import ToExtension
from pbxsim.vendors.simotel.services import ORIGINATE

if TYPE_CHECKING:
    from pbxsim.pbx.directory import Extension
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.settings import Account, Settings


def curl_line(base_url: str, settings: Settings, pbx: Pbx) -> str | None:
    """Give a command that works as it stands; None without an account that may call, or without two telephones."""
    accounts = [account for account in settings.accounts if account.enabled and account.may_use(ORIGINATE)]
    parties = _parties(settings, pbx)
    if not accounts or parties is None:
        return None
    caller, callee, context = parties
    body = compact_json({"caller": caller, "callee": callee, "context": context, "caller_id": caller})
    headers = [*_credentials(accounts[0]), "Content-Type: application/json"]
    options = " ".join(f"-H {quote(header)}" for header in headers)
    return f"curl -X PUT {quote(f'{base_url}/api/v4/{ORIGINATE}')} {options} -d {quote(body.decode())}"


def _credentials(account: Account) -> list[str]:
    headers = []
    if account.mode.takes_token:
        headers.append(f"X-APIKEY: {account.api_key}")
    if account.mode.takes_basic:
        pair = f"{account.username}:{account.password}"
        headers.append(f"Authorization: Basic {b64encode(pair.encode()).decode()}")
    return headers


def _parties(settings: Settings, pbx: Pbx) -> tuple[str, str, str] | None:
    """Find two extensions whose telephones ring, and a context in which the second can be dialled."""
    plans = pbx.directory.dialplans
    contexts = sorted(pbx.directory.contexts, key=lambda name: name in plans)  # the file's own contexts first
    ringing = [extension for extension in pbx.directory.extensions if _rings(extension, settings)]
    for first, second in permutations(ringing, 2):
        for context in contexts:
            there = pbx.dialplan.resolve(second.internal, context)
            if isinstance(there, ToExtension) and there.extension is second:
                return first.internal, second.internal, context
    return None


def _rings(extension: Extension, settings: Settings) -> bool:
    in_plan = settings.dialplan in (None, extension.dialplan)
    return in_plan and any(line.is_registered for line in extension.lines)
