"""What it costs to find the PBX that a request means: the last of so many PBXs of one server, by its credential."""

from __future__ import annotations

import time
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from pbxsim.config.copies import renamed, with_fresh_credentials
from pbxsim.config.load import load
from pbxsim.discovery import find_vendors
from pbxsim.hosting.assemble import FileAssembly
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.hosts import Hosts
from pbxsim.kit.request import Request
from tests.bench.growth import pbx_file
from tests.bench.harness import expect, settle_gc

if TYPE_CHECKING:
    from tests.bench.harness import Figures

_TURNS: Final = 2_000


def found(pbxs: int) -> Figures:
    """Serve so many PBXs in this process, and find the last by its API user; CPU of the thread."""
    with TemporaryDirectory() as folder:
        loaded = load(pbx_file(folder, 1))
    copies = [with_fresh_credentials(renamed(loaded, f"copy-{number}"))[0] for number in range(1, pbxs)]
    vendors = find_vendors()
    hosts = Hosts([HostedPbx(FileAssembly(file), vendors, rate=0.0) for file in (loaded, *copies)])
    *_, last = hosts
    ((_, user, password),) = last.credential_parts("voipsun")
    query = f"username={user}&password={password}&action=listcalls"
    settle_gc()
    spent = []
    for _ in range(_TURNS):
        request = Request("GET", "/api/api.php", query)
        began = time.thread_time()
        host = hosts.for_request("voipsun", request)
        spent.append((time.thread_time() - began) * 1e6)
        expect("the PBX that is found", host.name, last.name)
    return {"CPU us": median(spent)}
