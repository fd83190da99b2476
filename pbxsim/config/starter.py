"""The PBX file that `pbxsim init` writes: a small commented office that can be served at once, and changed from there.

What stands under `vendors:` is each vendor's own (`kit.vendor.Vendor.sample`), made for the names that are used here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from pbxsim.kit.vendor import Vendor

_FIRST: Final = 201
_MAIN: Final = "222333444"

_HEAD: Final = """\
# A PBX for tests: who is connected, where numbers lead, whose interface it speaks.
# `pbxsim check FILE` tells every fault, `pbxsim schema` what else a file may say, `pbxsim serve FILE` serves it.
# Telephone numbers are text, so they stand in quotes.

name: {name} # how the control API calls it: /_pbxsim/calls?pbx={name}
seed: 1 # decides whatever is drawn by chance

dialplans: # a numbering plan, and the context of that name, in which its telephones dial
  - {{name: office, id: 1}}

extensions: # one line each, registered; `user` is the SIP user, by which tests name the telephone
"""

_OUT: Final = """
trunks: # the way out, and in
  - {name: out, id: 1} # `capacity: 30` would allow 30 channels at once

routes: # which numbers leave by which trunks; without `patterns` every number
  - {name: out, id: 1, trunks: [out]}
"""

_PHONES: Final = """
phones: # what each telephone does, here and outside, unless a rule says otherwise or its number does (`pbxsim numbers`)
  default: {outcome: answer, ring: 3, talk: 30}
  # rules:
  #   - {number: "777123456", does: busy}
"""

_MONEY: Final = """
tariffs: # what calls cost that leave by a trunk
  - name: standard
    rates: [{per_minute: "0.60"}]

accounts: # who pays
  - {name: main, credit: "1000.00", currency: EUR, tariff: standard}
"""


def starter(vendors: Sequence[Vendor], *, name: str, agents: int, queues: Sequence[str]) -> str:
    """Write the file's text. With queues each of the agents takes the calls of all of them."""
    return "".join(_parts(vendors, name, agents, queues))


def _parts(vendors: Sequence[Vendor], name: str, agents: int, queues: Sequence[str]) -> Iterator[str]:
    yield _HEAD.format(name=name)
    for number in _numbers(max(agents, 2)):
        public = f", public: [{json.dumps(_MAIN)}]" if number == str(_FIRST) else ""
        yield f'  - {{id: {number}, internal: "{number}"{public}, dialplan: office, user: sip{number}}}\n'
    yield _OUT
    if queues:
        yield from _queues(_numbers(agents), queues)
    yield _PHONES + _MONEY
    yield "\nvendors: # whose interfaces it speaks; change the credentials to those that your client sends\n"
    for vendor in vendors:
        yield f"  {vendor.name}:\n{vendor.sample}"


def _numbers(count: int) -> list[str]:
    return [str(number) for number in range(_FIRST, _FIRST + count)]


def _queues(numbers: list[str], queues: Sequence[str]) -> Iterator[str]:
    yield "\ndids: # public numbers that lead somewhere else than to an extension\n"
    for index, queue in enumerate(queues):
        yield f'  - {{number: "{int(_MAIN) + 1 + index}", queue: {json.dumps(queue)}}}\n'
    yield "\nagents: # logged in at these lines from the start\n"
    for number in numbers:
        yield f'  - {{number: "{number}", pin: "1234", line: sip{number}}}\n'
    yield "\nqueues: # `strategy` is app_queue's: ringall, rrmemory, leastrecent, …\n"
    members = ", ".join(f'{{agent: "{number}"}}' for number in numbers)
    for queue in queues:
        yield f"  - {{name: {json.dumps(queue)}, strategy: rrmemory, members: [{members}]}}\n"
