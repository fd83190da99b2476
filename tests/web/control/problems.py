"""What the tests of the control API share: reading a problem document."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.town import Answered


def problem(answered: Answered) -> tuple[int, str]:
    """Give a problem document's status and detail, and see that it is one."""
    assert answered.headers["Content-Type"] == "application/problem+json"
    document = answered.json
    assert document["type"] == "about:blank"
    assert document["status"] == answered.status
    assert document["title"] == answered.reason
    return answered.status, document["detail"]
