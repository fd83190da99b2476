"""VUM, Mikrotech's virtual PBX: its declaration and nothing else. What the vendor says is in README.md."""

from __future__ import annotations

from typing import Final

from pbxsim.kit.vendor import Vendor
from pbxsim.vendors.vum.api import VumInterface
from pbxsim.vendors.vum.errors import TEXTS, Text
from pbxsim.vendors.vum.explained import explain
from pbxsim.vendors.vum.hangup_notice import announce, receivers
from pbxsim.vendors.vum.settings import Settings, credentials, faults

_SAMPLE: Final = """\
    context: office
    keys: # activation keys; what each is for: the vendor's README, S2 to S5
      - {key: GIVENFIRST01, kind: given_first, account: main, own: "222333444"}
      - {key: OWNFIRST0001, kind: own_first, account: main, own: "222333444"}
      - {key: CALLBACK0001, kind: callback, account: main}
      - {key: INFO00000001, kind: info, account: main}
    # hangup_notices:
    #   - {number: "222333444", url: "http://127.0.0.1:9000/call?from=s%&to=d%&state=i%"}
"""

vendor = Vendor(
    name="vum",
    title="VUM (Mikrotech)",
    settings=Settings,
    paths=("/ustredna/webapi.php", "/webapi.php"),
    open=VumInterface,
    check=faults,
    credentials=credentials,
    explain=explain,
    sample=_SAMPLE,
    receivers=receivers,
    announce=announce,
    errors={each.value: text for each, text in TEXTS.items() if each is not Text.ACCEPTED},
    refuse=VumInterface.refuse,
    secret_params=frozenset({"klic"}),
)
