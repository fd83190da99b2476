"""The packages that a PBX file may speak of: the vendors and engines there are, and the engine that is to serve it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pbxsim.config.file import with_sections
from pbxsim.config.references import names_of, reference_faults
from pbxsim.config.semantics import semantic_faults
from pbxsim.config.text_faults import text_faults
from pbxsim.discovery import Engines
from pbxsim.kit.finding import Finding
from pbxsim.kit.vendor import Vendor


class Packages:
    """Vendors and engines, and `form`, the type of a PBX file that has these engines' sections. Raises BrokenEngine."""

    def __init__(self, vendors: Mapping[str, Vendor], engines: Engines) -> None:
        self.vendors = vendors
        self.engines = engines
        self.form = with_sections(engines.found)

    def contradictions(self, plain: object) -> Iterator[Finding]:
        """Find what a decoded file says that cannot be, but for what vendors say of their settings."""
        yield from text_faults(plain, self.form, self.vendors)
        yield from semantic_faults(plain)
        yield from reference_faults(plain)
        yield from self.engines.chosen.check(plain, names_of(plain))
