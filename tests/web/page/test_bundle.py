"""The modules as one script: the same names, line for line, and a map that says so; run as the browser's tests do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

import pbxsim.web.page
from pbxsim.web.page.bundle import NotBundled, bundle

STATIC = Path(pbxsim.web.page.__file__).parent / "static"

SHOP = {
    "app.js": 'import { bell } from "./views/bell.js";\n\nbell();\n',
    "views/bell.js": '/** Rings. */\nimport { el as made } from "../dom.js";\nexport const LOUD = 1;\n'
    'export function bell() {\n  return import("./door.js").then(made);\n}\n',
    "views/door.js": "export default {\n  open: true,\n};\nexport class Door {}\nexport async function knock() {}\n",
    "dom.js": "export function el() {}\n",
    "nobody.js": "export const asks = 1;\n",
}

MADE = """\
const $once = (make) => { let made; return () => (made ??= make()); };
const $dom_js = $once(() => { function el() {}
return { el: el }; });
const $views_bell_js = $once(() => { /** Rings. */
const { el: made } = $dom_js();
const LOUD = 1;
function bell() {
  return Promise.resolve().then($views_door_js).then(made);
}
return { LOUD: LOUD, bell: bell }; });
const $views_door_js = $once(() => { const $default = {
  open: true,
};
class Door {}
async function knock() {}
return { default: $default, Door: Door, knock: knock }; });
const { bell } = $views_bell_js();

bell();
//# sourceMappingURL=bundle.js.map
"""


def test_each_module_is_a_function_that_gives_its_exports_and_the_first_is_run() -> None:
    assert bundle(SHOP, "app.js", "bundle.js.map").script.decode() == MADE


def test_a_line_of_the_script_leads_back_to_the_line_of_its_module() -> None:
    made = bundle(SHOP, "app.js", "bundle.js.map")
    lines, places = made.script.decode().split("\n"), _places(msgspec.json.decode(made.map))
    for text in ("function el() {}", "const LOUD = 1;", "  open: true,", "class Door {}", "bell();"):
        (number,) = [number for number, line in enumerate(lines) if line.endswith(text)]
        name, origin = places[number]
        assert SHOP[name].split("\n")[origin].endswith(text)
    assert len(places) == sum(len(SHOP[name].splitlines()) for name in {name for name, _ in places.values()}) + 3


def _places(document: dict[str, Any]) -> dict[int, tuple[str, int]]:
    """Read a map with sections (ECMA-426): lines of the script, and where each comes from."""
    places: dict[int, tuple[str, int]] = {}
    assert document["version"] == 3
    for section in document["sections"]:
        (name,) = section["map"]["sources"]
        origin = 0
        for number, segment in enumerate(section["map"]["mappings"].split(";")):
            origin += {"AAAA": 0, "AACA": 1}[segment]  # base 64 of variable length: column, source, line, column
            places[section["offset"]["line"] + number] = (name, origin)
    return places


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('import door from "./dom.js";', "app.js: import door"),
        ('import { el } from "dom";', "app.js: import"),
        ("export { bell };", "app.js: export { bell };"),
        ("export let bell = 1;", "app.js: export let"),
        ('import { el } from "./none.js";', "none.js, which is not there"),
        ('import("./none.js");', "none.js, which is not there"),
        ('import { bell } from "./ring.js";', "circle of imports: app.js > ring.js > app.js"),
    ],
)
def test_what_cannot_be_bundled_is_said(line: str, told: str) -> None:
    ring = {"ring.js": 'import { it } from "./app.js";\n'}
    with pytest.raises(NotBundled) as raised:
        bundle({**SHOP, **ring, "app.js": f"{line}\n"}, "app.js", "")
    assert told in str(raised.value)


def test_modules_may_import_each_other_later() -> None:
    texts = {"app.js": 'import { a } from "./a.js";\n', "a.js": 'export const a = () => import("./app.js");\n'}
    assert "then($app_js)" in bundle(texts, "app.js", "").script.decode()


def test_every_module_of_the_page_is_in_its_script() -> None:
    texts = {path.relative_to(STATIC).as_posix(): path.read_text("utf-8") for path in STATIC.rglob("*.js")}
    sections = msgspec.json.decode(bundle(texts, "app.js", "").map)["sections"]
    of_page = sorted(name for name in texts if not name.startswith("phone/"))  # the telephone's are another page's
    assert sorted(source for section in sections for source in section["map"]["sources"]) == of_page
