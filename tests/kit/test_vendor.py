"""What a vendor's declaration takes for granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.kit.reply import Reply
from pbxsim.kit.request import Request
from pbxsim.kit.vendor import SettingsFault, Vendor
from pbxsim.testing.office import Office, extension

if TYPE_CHECKING:
    from pbxsim.pbx.pbx import Pbx


class AcmeSettings(msgspec.Struct, forbid_unknown_fields=True):
    """Settings of a vendor that has none."""


class AcmeInterface:
    """Implements Interface with the least that it asks for."""

    def __init__(self, settings: AcmeSettings, pbx: Pbx) -> None:
        self.pbx = pbx

    def claims(self, request: Request) -> bool:
        """Claim everything."""
        return True

    def answer(self, request: Request) -> Reply:
        """Answer the same to everybody."""
        return Reply(body=self.pbx.name.encode())

    def curl(self, base_url: str) -> str | None:
        """Offer nothing."""
        return None


ACME = Vendor(name="acme", title="Acme", settings=AcmeSettings, paths=("/acme",), open=AcmeInterface)


def test_a_declaration_needs_no_check_and_hides_the_usual_headers() -> None:
    assert list(ACME.check(AcmeSettings(), Office(extension("100")).pbx)) == []
    assert ACME.secret_headers == {"authorization", "cookie"}
    assert ACME.secret_params == frozenset()


def test_a_declaration_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        ACME.name = "other"  # type: ignore[misc]  # that it is refused is the point


def test_opening_gives_the_interface_of_one_pbx() -> None:
    offices = [Office(extension("100")) for _ in range(2)]
    offices[1].pbx.name = "other"
    interfaces = [ACME.open(AcmeSettings(), office.pbx) for office in offices]
    assert [interface.answer(Request("GET", "/acme")).body for interface in interfaces] == [b"office", b"other"]


def test_a_fault_says_where_what_and_what_was_expected() -> None:
    fault = SettingsFault("keys[0].account", "nobody", "an account")
    assert (fault.path, fault.value, fault.expected) == ("keys[0].account", "nobody", "an account")
