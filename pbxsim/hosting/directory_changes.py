"""Which extensions a PBX has gained and lost since it was last loaded. While it runs, a directory does not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.events import ExtensionAdded, ExtensionRemoved

if TYPE_CHECKING:
    from pbxsim.pbx.directory import Directory
    from pbxsim.pbx.extension import Extension
    from pbxsim.pbx.pbx import Pbx


def tell_changes(before: Directory, pbx: Pbx) -> None:
    """Emit an event for each extension that is gone since `before`, then for each that is new, in the files' order.

    An extension is the same while its number in its numbering plan is; nothing else about it counts.
    """
    was, is_now = _by_number(before), _by_number(pbx.directory)
    for number, extension in was.items():
        if number not in is_now:
            pbx.events.emit(ExtensionRemoved(extension))
    for number, extension in is_now.items():
        if number not in was:
            pbx.events.emit(ExtensionAdded(extension))


def _by_number(directory: Directory) -> dict[tuple[str, str], Extension]:
    return {(extension.dialplan, extension.internal): extension for extension in directory.extensions}
