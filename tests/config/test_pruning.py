"""What is left of a bad file for the vendors to check."""

from __future__ import annotations

from textwrap import dedent

from pbxsim.config.document import Document
from pbxsim.config.pruning import Mending
from tests.config.paper import PACKAGES, AcmeSettings, AcmeUser


def mending(text: str) -> Mending:
    """Begin to mend a file."""
    return Mending(Document("office.yaml", dedent(text)).plain()[0], PACKAGES)


def test_what_is_bad_is_cut_out_with_what_cannot_stand_without_it() -> None:
    work = mending(
        """
        zebra: 1
        extensions: [{internal: 100, owner: Eva}, {internal: "101", owner: Jan}]
        trunks: [{name: upc}]
        routes: [{name: out, trunks: [nowhere]}, {name: way, trunks: [upc]}]
        vendors: {acme: {greting: hi, users: [{name: eva, account: firm}]}}
        """
    )
    file = work.mended()
    assert file is not None
    assert [extension.owner for extension in file.extensions] == ["Jan"]
    assert [route.name for route in file.routes or ()] == ["way"]
    assert file.vendors == {"acme": AcmeSettings(users=(AcmeUser(name="eva", account="firm"),))}
    assert work.lost == {"1", "100", "Eva", "nowhere", "out", "hi"}


def test_a_vendor_with_broken_settings_is_cut_out_whole() -> None:
    file = mending("name: a\nvendors: {acme: {users: [{name: eva}]}}").mended()
    assert file is not None
    assert file.vendors == {}


def test_a_file_that_is_wrong_through_and_through_is_given_up() -> None:
    rotten = ", ".join(f"{{internal: {number}}}" for number in range(100))
    assert mending(f"extensions: [{rotten}]").mended() is None
