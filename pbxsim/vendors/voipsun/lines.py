"""How a request names one line of ours: by public or internal number, id or SIP user, in which numbering plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.pbx.dialplan import ToExtension
from pbxsim.pbx.errors import DialplanNotFound, ExtensionNotFound, PbxError
from pbxsim.vendors.voipsun.errors import CODES, Refusal
from pbxsim.vendors.voipsun.reading import whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.kit.params import Params
    from pbxsim.pbx.directory import Directory


class LineChoice(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters by which one party is named, and the codes for naming it wrongly.

    `several` is the code for more than one of them; `codes` those for what the directory says. `channel` names a
    further way to choose, which is not a line and is not looked up here.
    """

    public: str
    internal: str
    id: str
    sip_user: str
    dialplan: str
    several: int
    codes: Mapping[type[PbxError], int]
    channel: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Give the parameters of which exactly one is to be used, in the manual's order."""
        names = (self.public, self.internal, self.id, self.sip_user)
        return (*names, self.channel) if self.channel else names

    def refuse_several(self, params: Params) -> None:
        """Insist on a single one of them. Raises Refusal with the code for several."""
        given = params.given(self.names)
        if len(given) > 1:
            raise Refusal(self.several, hints=(f"{' and '.join(given)} were given",))

    def find(self, params: Params, directory: Directory) -> ToExtension:
        """Find who is meant: an extension with all its lines, or with one alone where its SIP user was given (R8).

        Raises Refusal: numbering plan not found, extension not found, an internal number that several plans have.
        """
        try:
            return self._found(params, directory)
        except PbxError as error:
            raise Refusal(self.codes[type(error)]) from error

    def _found(self, params: Params, directory: Directory) -> ToExtension:
        plan = params.text(self.dialplan)
        if plan and plan not in directory.dialplans:
            raise DialplanNotFound(plan)
        name = params.given(self.names)[0]
        value = params[name]
        if name == self.sip_user:
            line = directory.line(value)
            return ToExtension(line.extension.internal, line.extension, line)
        if name == self.public:
            extension = directory.public(value)
        elif name == self.internal:
            extension = directory.internal(value, plan or None)
        else:
            extension = directory.by_id(_id(value))
        return ToExtension(extension.internal, extension)


def _id(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise ExtensionNotFound
    return number


_SOURCE_PARAMETERS: Final = {
    "public": "srcExtenPublicNum",
    "internal": "srcExtenInternalNum",
    "id": "srcExtenId",
    "sip_user": "srcSipUsername",
}

CALLER: Final = LineChoice(**_SOURCE_PARAMETERS, dialplan="dialplanName", several=200, codes=CODES["originate"])
SPY: Final = LineChoice(**_SOURCE_PARAMETERS, dialplan="srcDialplanName", several=300, codes=CODES["spying source"])
SPIED: Final = LineChoice(
    public="dstExtenPublicNum",
    internal="dstExtenInternalNum",
    id="dstExtenId",
    sip_user="dstSipUsername",
    dialplan="dstDialplanName",
    channel="dstChannelName",
    several=301,
    codes=CODES["spying target"],
)
AGENT_LINE: Final = LineChoice(**_SOURCE_PARAMETERS, dialplan="dialplanName", several=501, codes=CODES["agentlogin"])
