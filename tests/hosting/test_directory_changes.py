"""Which extensions a PBX has gained and lost since it was last loaded."""

from __future__ import annotations

from pbxsim.hosting.directory_changes import tell_changes
from pbxsim.pbx.directory import Directory
from pbxsim.pbx.events import ExtensionAdded, ExtensionRemoved
from pbxsim.testing.office import Office, extension


def told(office: Office) -> list[tuple[str, str, str]]:
    """Give what was told of extensions."""
    return [
        (type(event).__name__, event.extension.dialplan, event.extension.internal)
        for event in office.heard
        if isinstance(event, ExtensionAdded | ExtensionRemoved)
    ]


def test_what_is_gone_is_told_before_what_is_new_each_in_its_files_order() -> None:
    office = Office(extension("103"), extension("100"), extension("102"))
    tell_changes(Directory(extensions=[extension("105"), extension("100"), extension("104")]), office.pbx)
    assert told(office) == [
        ("ExtensionRemoved", "main", "105"),
        ("ExtensionRemoved", "main", "104"),
        ("ExtensionAdded", "main", "103"),
        ("ExtensionAdded", "main", "102"),
    ]


def test_a_number_in_another_numbering_plan_is_another_extension() -> None:
    office = Office(extension("100"), dialplans=("main", "other"))
    tell_changes(Directory(extensions=[extension("100", dialplan="other")]), office.pbx)
    assert told(office) == [("ExtensionRemoved", "other", "100"), ("ExtensionAdded", "main", "100")]


def test_nothing_is_told_of_an_extension_whose_telephones_changed() -> None:
    office = Office(extension("100"))
    tell_changes(Directory(extensions=[extension("100", public=("226200200",))]), office.pbx)
    assert told(office) == []
