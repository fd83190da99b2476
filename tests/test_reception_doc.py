"""docs/reception.md: its files are PBX files, its table has the settings of a menu with their defaults."""

from __future__ import annotations

import re
from pathlib import Path

from pbxsim.config.destinations import PLACES
from pbxsim.config.menus import MenuEntry
from tests.config.paper import built, simulated

_PAGE = (Path(__file__).parent.parent / "docs" / "reception.md").read_text()
_FILES = re.findall(r"^```yaml\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
_ROWS = dict(re.findall(r"^\| (`.*?`) \| (.*?) \|$", _PAGE, re.MULTILINE))


def test_the_shop_of_the_page_is_a_pbx_with_a_menu() -> None:
    whole = _FILES[0].removeprefix("name: shop\n")
    assert "menu main" in built(whole).pbx.calls.hunts


def test_callers_who_press_are_as_a_pbx_file_can_say_it() -> None:
    _, traffic = _FILES
    text = f'menus: [{{name: a, dialplan: default}}]\ndids: [{{number: "299000000", menu: a}}]\n{traffic}'
    (source,) = simulated(built(text)).traffic.sources
    assert [(one.keys, one.chance) for one in source.presses] == [("1", 0.6), ("2", 0.3)]


def test_the_table_has_every_setting_of_a_menu_with_its_default() -> None:
    named = [name for row in _ROWS for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(MenuEntry.__struct_fields__)
    default = MenuEntry(name="a")
    for name in ("response_timeout", "digit_timeout", "tries"):
        assert _ROWS[f"`{name}`"].startswith(f"{getattr(default, name)}: "), name


def test_the_table_names_every_way_that_a_digit_can_lead() -> None:
    assert set(re.findall(r"`(\w+)`", _ROWS["`digits`"])) == set(PLACES["menus.*.digits.*"])
