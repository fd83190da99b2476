"""The configuration of the Asterisk that serves a PBX: the templates in `conf/`, filled in, and the PBX's telephones.

Outside numbers are no endpoints here: whom a trunk leads to is simulated (acted.py). Only a trunk with a provider
(live.py) has an endpoint, where live calls are allowed; nobody comes in by it.
"""

from __future__ import annotations

from importlib.resources import files as resources
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.engines.asterisk.endpoints import OF_TRUNK
from pbxsim.engines.asterisk.transfers import context_of, contexts
from pbxsim.engines.telephones import TelephoneSecrets, simulated_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pbxsim.engines.asterisk.asterisk_settings import AsteriskEntry, ProviderEntry
    from pbxsim.pbx.directory import Directory
    from pbxsim.pbx.extension import Line

AMI_USER: Final = "pbxsim"
"""The user of AMI for whom the configuration is written."""

_ENDPOINT: Final = """\
[{user}@udp](line)
auth = {user}-auth
aors = {user}
callerid = <{number}>
set_var = TRANSFER_CONTEXT={transfers}
[{user}](line-browser)
auth = {user}-auth
aors = {user}
callerid = <{number}>
set_var = TRANSFER_CONTEXT={transfers}
[{user}-auth](line-secret)
username = {user}
password = {secret}
[{user}](line-contacts)
max_contacts = {contacts}

"""
_TRUNK: Final = """\
[{name}](trunk)
outbound_auth = {name}-auth
aors = {name}
from_user = {user}
from_domain = {host}
[{name}-auth](trunk-secret)
username = {user}
password = {secret}
[{name}](trunk-contact)
contact = sip:{host}:{port}

"""
_DIRECTORIES: Final = """\
[directories]
astetcdir => {folder}/etc
{named}astvarlibdir => {folder}/lib
astdbdir => {folder}/lib
astkeydir => {folder}/lib
astcachedir => {folder}/spool/tmp
astagidir => {folder}/lib
astspooldir => {folder}/spool
astrundir => {folder}/run
astlogdir => {folder}/log
[options]
hideconnect = yes
nocolor = yes
"""


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Where one Asterisk listens.

    At `address` for telephones: `sip_port` (UDP), `ws_port` (the WebSocket), `rtp_ports` (sound); `ami_port` is for us.
    """

    address: str
    sip_port: int
    ws_port: int
    ami_port: int
    rtp_ports: tuple[int, int]

    @classmethod
    def of(cls, entry: AsteriskEntry, ami_port: int = 0) -> Places:
        """Give what a PBX file says; another port for AMI, where one is named."""
        return cls(
            address=entry.address,
            sip_port=entry.sip_port,
            ws_port=entry.ws_port,
            ami_port=ami_port or entry.ami_port,
            rtp_ports=entry.rtp_ports,
        )


class Secrets(TelephoneSecrets):
    """The secrets of one PBX's telephones, and of AMI."""

    def __init__(self, pbx: str, entry: AsteriskEntry, key_file: Path | None = None) -> None:
        super().__init__(pbx, entry.lines, key_file)

    @property
    def ami(self) -> str:
        """Give the secret of AMI_USER."""
        return self.derived("manager")


def configuration(
    directory: Directory,
    places: Places,
    known: Secrets,
    entry: AsteriskEntry,
) -> dict[str, str]:
    """Write the files of an Asterisk for the PBX with that directory, by name."""
    values = {
        "ADDRESS": places.address,
        "SIP_PORT": str(places.sip_port),
        "WS_PORT": str(places.ws_port),
        "AMI_PORT": str(places.ami_port),
        "AMI_USER": AMI_USER,
        "AMI_SECRET": known.ami,
        "RTP_START": str(places.rtp_ports[0]),
        "RTP_END": str(places.rtp_ports[1]),
    }
    written = {name: _filled(text, values) for name, text in templates().items()}
    simulated = simulated_lines(entry.lines)
    real = [line for user, line in directory.lines.items() if user not in simulated]
    most = {each.line: each.max_contacts for each in entry.lines}
    telephones = (_endpoint(directory, line, known, most.get(line.user, 1)) for line in real)
    written["pjsip.conf"] += "".join((*telephones, *map(_trunk, entry.providers)))
    written["extensions.conf"] += f"\n{contexts(directory)}"
    return written


def directories(folder: Path, modules: Path | None = None, data: Path | None = None) -> str:
    """Write the `asterisk.conf` of an Asterisk that lives below `folder`; modules and data may be where it has them."""
    places = (("astmoddir", modules), ("astdatadir", data))
    named = "".join(f"{name} => {place}\n" for name, place in places if place is not None)
    return _DIRECTORIES.format(folder=folder, named=named)


def templates() -> dict[str, str]:
    """Give the files in `conf/`, by name."""
    folder = resources("pbxsim.engines.asterisk") / "conf"
    return {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".conf")}


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _trunk(provider: ProviderEntry) -> str:
    return _TRUNK.format(
        name=f"{OF_TRUNK}{provider.trunk}",
        host=provider.host,
        port=provider.port,
        user=provider.user,
        secret=provider.secret,
    )


def _endpoint(directory: Directory, line: Line, known: Secrets, max_contacts: int) -> str:
    return _ENDPOINT.format(
        user=line.user,
        number=line.extension.internal,
        secret=known.line(line.user),
        transfers=context_of(directory, line.extension.dialplan),
        contacts=max_contacts,
    )
