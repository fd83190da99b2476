"""Control characters in a PBX file: refused everywhere but in settings that are declared to have several lines.

Whatever a file says may come into a header (of a reply, a webhook, an e-mail) or a line of a log. A setting that stands
in a body alone is declared as `kit.values.Lines`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from pbxsim.kit.file_checks import control_characters
from pbxsim.kit.finding import Finding
from pbxsim.kit.vendor import Vendor

_OF_LINES: Final = frozenset("\t\n\r")


def text_faults(plain: object, form: type[msgspec.Struct], vendors: Mapping[str, Vendor]) -> Iterator[Finding]:
    """Find control characters in a decoded file of that form, with settings of these vendors."""
    for finding in control_characters(plain):
        from pbxsim.config.text_forms import may_have_lines  # only for such a file: types take long to look through

        match finding.path:
            case ("vendors", str(name), *place) if name in vendors:
                has_lines = may_have_lines(vendors[name].settings, tuple(place))
            case place:
                has_lines = may_have_lines(form, place)
        if not (has_lines and _is_lines(finding)):
            yield finding


def _is_lines(finding: Finding) -> bool:
    """Tell whether text would be sound without the ends of its lines, and is no key."""
    if not isinstance(finding.value, str) or finding.value == finding.path[-1]:
        return False
    return not any(control_characters("".join(each for each in finding.value if each not in _OF_LINES), finding.path))
