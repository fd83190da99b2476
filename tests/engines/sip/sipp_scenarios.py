"""sipp's own scenarios, as they come with it: but for the passwords, which they do not know of and we ask for."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_SEND: Final = re.compile(r"<send\b[^>]*>\s*<!\[CDATA\[\s*((REGISTER|INVITE) .*?)\]\]>\s*</send>", re.DOTALL)
_CHALLENGED: Final = """
  <send retrans="500"><![CDATA[

{asked}
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="401" auth="true"/>
"""
_ACKNOWLEDGED: Final = """
  <send><![CDATA[

      ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      CSeq: 0 ACK
      Content-Length: 0

  ]]></send>
"""


def with_password(name: str, user: str, password: str, folder: Path) -> Path:
    """Write one down that is challenged before each REGISTER and INVITE of its, by one of CSeq 0, and then says who it
    is; all else is as sipp has it. Give where it lies.
    """
    scenario = subprocess.run(["sipp", "-sd", name], capture_output=True, text=True, check=False, timeout=10).stdout
    who = f"[authentication username={user} password={password}]"

    def asked_twice(found: re.Match[str]) -> str:
        asked, method = found.groups()
        first = re.sub(rf"CSeq: 1 {method}", f"CSeq: 0 {method}", asked)
        again = re.sub(r"( +)(CSeq: .*\n)", rf"\1\2\1{who}\n", found[0], count=1)
        return _CHALLENGED.format(asked=first) + (_ACKNOWLEDGED if method == "INVITE" else "") + again

    written, count = _SEND.subn(asked_twice, scenario[scenario.index("<?xml") :])
    assert count, f"sipp's scenario {name} asks for nothing"
    file = folder / f"{name}-{user}.xml"
    file.write_text(written, "utf-8")
    return file
