"""The JSON Schema of PBX files: for editors, for `pbxsim schema`, and to name every fault of a refused file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from pbxsim.config.file import PbxFile
from pbxsim.kit.vendor import Vendor

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema(vendors: Mapping[str, Vendor]) -> dict[str, Any]:
    """Give the schema of PBX files, each vendor's settings included."""
    types = [PbxFile, *(vendor.settings for vendor in vendors.values())]
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
    return {"$schema": _DIALECT, "title": "PBX file", **root, "$defs": dict(sorted(definitions.items()))}
