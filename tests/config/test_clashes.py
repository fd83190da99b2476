"""PBX files that one server cannot serve together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from pbxsim.config.clashes import refuse_clashes, refuse_name
from pbxsim.config.fault import PbxFileRefused
from pbxsim.config.load import read
from pbxsim.discovery import find_vendors

if TYPE_CHECKING:
    from pbxsim.config.load import LoadedFile

VENDORS: Final = find_vendors()


def loaded(name: str, vendors: str = "{}") -> LoadedFile:
    """Load a file of that name whose second line is of its vendors."""
    text = f"name: {name}\nvendors: {vendors}\naccounts: [{{name: till}}]\ndialplans: [{{name: plan}}]"
    return read(text, f"{name}.yaml", VENDORS)


def told(*files: LoadedFile) -> list[str]:
    """Give what is refused of these together."""
    with pytest.raises(PbxFileRefused) as refused:
        refuse_clashes(files)
    return [str(fault) for fault in refused.value.faults]


DUOCOM: Final = "{duocom: {context: plan, dialplan: plan, accounts: [%s]}}"
VUM: Final = "{vum: {context: plan, keys: [%s]}}"
SIMOTEL: Final = "{simotel: {accounts: [%s]}}"
BASIC: Final = "{mode: basic, username: u, password: s3cret}"
TOKEN: Final = "{mode: token, api_key: s3cret}"
BOTH: Final = "{mode: both, username: u, password: s3cret, api_key: s3cret}"


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        ("{voipsun: {users: [{username: u, password: s3cret}]}}", None, "voipsun.users[0]"),
        (VUM % "{key: s3cret, kind: info, account: till}", None, "vum.keys[0]"),
        (DUOCOM % '{principal: "1", pass: s3cret, account: till}', None, "duocom.accounts[0]"),
        (
            DUOCOM % '{principal: "1", pass: a, account: till, voip_users: [{user: u, password: s3cret}]}',
            DUOCOM % '{principal: "2", pass: b, account: till, voip_users: [{user: u, password: s3cret}]}',
            "duocom.accounts[0].voip_users[0]",
        ),
        (SIMOTEL % BASIC, None, "simotel.accounts[0]"),
        (SIMOTEL % TOKEN, None, "simotel.accounts[0]"),
        (SIMOTEL % BOTH, None, "simotel.accounts[0]"),
        (SIMOTEL % BASIC, SIMOTEL % BOTH, "simotel.accounts[0]"),  # a request with both is the first one's
        (SIMOTEL % BOTH, SIMOTEL % TOKEN, "simotel.accounts[0]"),
    ],
)
def test_one_credential_in_two_pbxs_names_both_and_both_places_but_not_the_credential(
    one: str, other: str | None, place: str
) -> None:
    (fault,) = told(loaded("alpha", one), loaded("beta", one if other is None else other))
    where = f"vendors.{place}"
    words = f"a credential that is PBX beta's alone: PBX alpha has it already, in alpha.yaml:2: {where}"
    assert fault == f"beta.yaml:2: {where}: expected {words}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SIMOTEL % BASIC, SIMOTEL % TOKEN),
        (SIMOTEL % BASIC, SIMOTEL % "{mode: basic, username: u, password: another}"),
        (SIMOTEL % BASIC, SIMOTEL % "{mode: basic, username: u, password: s3cret, enabled: false}"),
        (SIMOTEL % TOKEN, VUM % "{key: s3cret, kind: info, account: till}"),
        ("{voipsun: {users: [{username: u, password: p}]}}", "{voipsun: {users: [{username: u, password: q}]}}"),
        ("{}", "{}"),
    ],
)
def test_pbxs_whose_clients_can_be_told_apart_are_served_together(one: str, other: str) -> None:
    refuse_clashes([loaded("alpha", one), loaded("beta", other)])


def test_two_pbxs_of_one_name_are_refused_and_every_fault_is_told() -> None:
    user = "{voipsun: {users: [{username: u, password: s3cret}, {username: v, password: s3cret}]}}"
    other = read(f"vendors: {user}\nname: alpha", "other.yaml", VENDORS)
    faults = told(loaded("alpha", user), other, loaded("beta", user))
    assert [fault.partition(" a credential")[0] for fault in faults] == [
        "other.yaml:2: name: found 'alpha', expected a name of its own: alpha.yaml:1 has this one already",
        "other.yaml:1: vendors.voipsun.users[0]: expected",
        "other.yaml:1: vendors.voipsun.users[1]: expected",
        "beta.yaml:2: vendors.voipsun.users[0]: expected",
        "beta.yaml:2: vendors.voipsun.users[1]: expected",
    ]
    assert "s3cret" not in "".join(faults)


def test_a_file_that_is_given_twice_is_told_so_once() -> None:
    user = "{voipsun: {users: [{username: u, password: s3cret}]}}"
    (fault,) = told(loaded("alpha", user), loaded("alpha", user))
    assert fault == "alpha.yaml:1: name: found 'alpha', expected a name of its own: alpha.yaml:1 has this one already"


def test_a_new_pbx_is_asked_about_beside_those_that_run() -> None:
    running = [loaded(name, f"{{voipsun: {{users: [{{username: {name}, password: p}}]}}}}") for name in "abc"]
    refuse_clashes(running)
    refuse_clashes([*running, loaded("new", "{voipsun: {users: [{username: d, password: p}]}}")])
    (fault,) = told(*running, loaded("new", "{voipsun: {users: [{username: b, password: p}]}}"))
    assert fault.startswith("new.yaml:2: ")
    assert "PBX b has it already" in fault


def test_a_pbx_whose_name_is_a_secret_of_the_server_is_refused_and_the_name_not_shown() -> None:
    refuse_name(loaded("shop"), is_secret=False)
    with pytest.raises(PbxFileRefused) as refused:
        refuse_name(loaded("s3cret-token"), is_secret=True)
    assert str(refused.value) == "s3cret-token.yaml:1: name: expected a name that is no secret of this server"
