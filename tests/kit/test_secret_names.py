"""What a secret is called, in the languages of the vendors' customers; and what is not one."""

from __future__ import annotations

import pytest

from pbxsim.kit.secret_names import is_secret_name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "password",
            "pass",
            "passwd",
            "pw",
            "pwd",
            "PSW",
            "key",
            "api_key",
            "X-APIKEY",
            "apiKey",
            "accessKey",
            "auth",
        ),
        *(
            "X-Auth-Token",
            "authorization",
            "Cookie",
            "sig",
            "X-Hub-Signature",
            "jwt",
            "bearer",
            "hash",
            "k",
            "otp",
            "pin",
        ),
        *("agentPin", "client_secret", "credential", " secret\n", "k[]", "key2", "sort_key"),
        *("heslo", "HESLO_voip", "kl\u00ed\u010d", "klic", "kl\u00fa\u010d", "k\u013e\u00fa\u010d"),
        *("clave", "clave_voip", "contrase\u00f1a", "contrasena", "secreto"),
        *("\u0631\u0645\u0632", "\u06af\u0630\u0631\u0648\u0627\u0698\u0647", "\u06a9\u0644\u06cc\u062f", "ramz"),
    ],
)
def test_a_secrets_name_is_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "username", "from", "to", "passive", "monkey", "author", "authority", "pinned", "spinning", "signal"),
        *(
            "klient",
            "cliente",
            "llamante",
            "cislo",
            "dstNum",
            "caller_id",
            "hashtag",
            "ok",
            "unique_id",
            "kk",
            "s" * 9999,
        ),
    ],
)
def test_another_name_is_none(name: str) -> None:
    assert not is_secret_name(name)
