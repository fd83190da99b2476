"""Log lines, for people and for machines."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING

import pytest

from pbxsim.hosting.secret_values import SecretValues
from pbxsim.web import logs

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Put the root logger back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level


def test_text_is_one_line_of_words() -> None:
    stream = io.StringIO()
    logs.set_up("text", stream)
    logging.getLogger("pbxsim").warning("a %s", "word")
    assert stream.getvalue() == "WARNING pbxsim: a word\n"


def test_json_is_one_object_a_line() -> None:
    stream = io.StringIO()
    logs.set_up("json", stream)
    try:
        raise RuntimeError("it\nbroke \ud800")
    except RuntimeError:
        logging.getLogger("pbxsim").exception("two\nlines")
    logging.getLogger("pbxsim").info("quiet")
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (first["level"], first["logger"], first["message"]) == ("error", "pbxsim", "two\nlines")
    assert first["traceback"].endswith("RuntimeError: it\nbroke ?")
    assert list(second) == ["time", "level", "logger", "message"]


def test_no_line_has_a_secret_that_the_server_knows() -> None:
    stream = io.StringIO()
    logs.set_up("json", stream)
    with logs.without(SecretValues(['hu"sh-hush', "t0k3n-of-hers"])):
        try:
            raise RuntimeError("it broke over t0k3n-of-hers")
        except RuntimeError:
            logging.getLogger("x").exception('said hu"sh-hush')
    logging.getLogger("x").warning("t0k3n-of-hers")
    told, after = stream.getvalue().splitlines()
    assert json.loads(told)["message"] == "said ***"
    assert "t0k3n" not in told
    assert "it broke over ***" in told
    assert "t0k3n-of-hers" in after
