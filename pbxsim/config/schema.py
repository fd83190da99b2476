"""The JSON Schema of PBX files: for editors, for `pbxsim schema`, and to name every fault of a refused file."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from pbxsim.config.packages import Packages

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema(packages: Packages) -> dict[str, Any]:
    """Give the schema of PBX files, each vendor's settings and each engine's sections included."""
    vendors = packages.vendors
    types = [packages.form, *(vendor.settings for vendor in vendors.values())]
    (root, *settings), definitions = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    own = definitions[root["$ref"].removeprefix("#/$defs/")]
    described = own["properties"]["vendors"]
    own["properties"]["vendors"] = {
        "description": described["description"],
        "type": "object",
        "properties": dict(zip(vendors, settings, strict=True)),
        "additionalProperties": False,
        "default": {},
    }
    own["properties"] = _in_order(own["properties"], packages)
    return {"$schema": _DIALECT, "title": "PBX file", **root, "$defs": dict(sorted(definitions.items()))}


def _in_order(properties: dict[str, Any], packages: Packages) -> dict[str, Any]:
    """Put each engine's section behind the one that it wants to follow."""
    names = list(properties)
    for engine in packages.engines.found.values():
        for name, section in engine.sections.items():
            if section.after in names:
                names.remove(name)
                names.insert(names.index(section.after) + 1, name)
    return {name: properties[name] for name in names}
