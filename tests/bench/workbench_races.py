"""What a test waits for before it begins, beside what others have: READY, RESET, COPY."""

from __future__ import annotations

from typing import Final

from tests.bench import rivals
from tests.bench.goals import Goal, Race
from tests.bench.harness import Contender, in_child, in_child_of

KEPT: Final = 1_000
READY: Final = "pbxsim, the fixture pbx"
RESET: Final = "pbxsim, over HTTP"
ITSELF: Final = "pbxsim, in its server"
COPY: Final = "pbxsim, one more PBX"
_HTTPSERVER: Final = "pytest-httpserver, in the test's process"
_MOTO: Final = "moto's server, over HTTP"
_WIREMOCK: Final = "WireMock, over HTTP"


def workbench() -> Race:
    """A PBX for a test, a reset, a PBX more for a worker of the test run."""
    found, missing = _rivals()
    names = [contender.name for contender in found]
    return Race(
        title="The test author's workbench",
        how=(
            f"documented, four vendors, clock held; {KEPT:,} calls in progress, or requests or objects, at a reset; "
            "medians of many turns, in ms; one more: a copy of a PBX, or a rival's second server"
        ),
        contenders=(
            Contender(READY, in_child("workbench", "ready")),
            Contender(RESET, in_child("workbench", "reset", calls=KEPT)),
            Contender(ITSELF, in_child("workbench", "reset_itself", calls=KEPT)),
            Contender(COPY, in_child("workbench", "copy")),
            *found,
        ),
        goals=(
            Goal(name="READY", words="ms until a test may begin", figure="ms ready", ours=READY, at_most=20),
            Goal(name="RESET", words="ms for a reset", figure="ms reset", ours=ITSELF, at_most=1),
            Goal(name="RESET", words="CPU ms for a reset", figure="CPU ms reset", ours=ITSELF),
            Goal(name="RESET", words="ms for a reset", figure="ms reset", ours=RESET),
            Goal(name="COPY", words="ms for one more", figure="ms for one more", ours=COPY, at_most=10),
            *(_beside("READY", "ms until a test may begin", "ms ready", READY, name) for name in names),
            *(_beside("RESET", "ms for a reset", "ms reset", RESET, name) for name in names),
            *(_beside("COPY", "ms for one more", "ms for one more", COPY, name) for name in names),
        ),
        most_rounds=3,
        unable=tuple(f"against {name}, which `make rivals` could not install" for name in missing),
    )


def _beside(goal: str, words: str, figure: str, ours: str, rival: str) -> Goal:
    return Goal(name=goal, words=words, figure=figure, ours=ours, rival=rival)


def _rivals() -> tuple[list[Contender], list[str]]:
    """Give those that are here, and name the others."""
    found, missing = [], []
    for name, function, package in ((_HTTPSERVER, "httpserver", "pytest_httpserver"), (_MOTO, "moto", "moto.server")):
        if rivals.has_package(package):
            measure = in_child_of(str(rivals.PYTHON), "rival_workbench", function, kept=KEPT)
            found.append(Contender(name, measure))
        else:
            missing.append(name)
    if rivals.wiremock_command() is None:
        missing.append(_WIREMOCK)
    else:
        found.append(Contender(_WIREMOCK, in_child("rival_workbench", "wiremock", kept=KEPT)))
    return found, missing
