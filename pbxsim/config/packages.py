"""The packages that a PBX file may speak of: the vendors and engines there are, and the engine that is to serve it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pbxsim.config.file import PbxFile, with_sections
from pbxsim.config.references import names_of, reference_faults
from pbxsim.config.semantics import semantic_faults
from pbxsim.config.text_faults import text_faults
from pbxsim.discovery import Engines
from pbxsim.kit.finding import Finding
from pbxsim.kit.vendor import Vendor


class Packages:
    """Vendors and engines, and the type of a PBX file that has these engines' sections."""

    def __init__(self, vendors: Mapping[str, Vendor], engines: Engines) -> None:
        self.vendors = vendors
        self.engines = engines
        self._sections = frozenset(name for engine in engines.found.values() for name in engine.sections)
        self._forms: dict[frozenset[str], type[PbxFile]] = {}

    @property
    def form(self) -> type[PbxFile]:
        """Give the type of a PBX file that has all of these engines' sections. Raises BrokenEngine."""
        return self._form(self._sections)

    def form_of(self, plain: object) -> type[PbxFile]:
        """Give the type of a file with those sections that it has, or its engine reads. Raises BrokenEngine.

        What the other engines may be told, many a start need not know.
        """
        chosen = self.engines.chosen
        has = plain if isinstance(plain, dict) else ()
        return self._form(self._sections.intersection((*has, *chosen.sections, *chosen.borrows)))

    def contradictions(self, plain: object) -> Iterator[Finding]:
        """Find what a decoded file says that cannot be, but for what vendors say of their settings."""
        yield from text_faults(plain, self.form_of(plain), self.vendors)
        yield from semantic_faults(plain)
        yield from reference_faults(plain)
        yield from self.engines.chosen.check(plain, names_of(plain))

    def _form(self, sections: frozenset[str]) -> type[PbxFile]:
        if sections not in self._forms:
            self._forms[sections] = with_sections(self.engines.found, sections)
        return self._forms[sections]
