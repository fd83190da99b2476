"""The type of a PBX file, with the sections of whatever engines there are."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.config.file import PbxFile, settings_of, with_sections
from pbxsim.discovery import BrokenEngine, find_engines
from pbxsim.engines.engine import Engine, Opened, Section


class Boiler(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A section."""

    pressure: int = 1


class Changeable(msgspec.Struct):
    """A section whose default somebody could change."""


def _open(_settings: object, _pbx: object) -> Opened:
    raise AssertionError("nothing is opened here")


def steam(name: str, section: Section) -> dict[str, Engine]:
    """Give an engine with one section."""
    return {"steam": Engine(name="steam", title="Steam", open=_open, sections={name: section})}


def test_it_is_a_pbx_file_with_the_engines_sections() -> None:
    form = with_sections(steam("boiler", Section(Boiler, Boiler())))
    said = msgspec.convert({"name": "a", "boiler": {"pressure": 5}}, form)
    silent = msgspec.convert({"name": "a"}, form)
    engine = steam("boiler", Section(Boiler, Boiler()))["steam"]
    assert isinstance(said, PbxFile)
    assert settings_of(said, engine) == {"boiler": Boiler(5)}
    assert settings_of(silent, engine) == {"boiler": Boiler(1)}


def test_the_section_of_an_engine_that_there_is_not_is_an_unknown_key() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `phones`"):
        msgspec.convert({"name": "a", "phones": {}}, with_sections({}))
    assert msgspec.convert({"name": "a", "phones": {}}, with_sections(find_engines().found)).name == "a"


def test_a_section_that_every_file_has_cannot_be_an_engines() -> None:
    with pytest.raises(BrokenEngine, match="section cannot be called 'queues': every PBX file has one of that name"):
        with_sections(steam("queues", Section(Boiler, Boiler())))


def test_a_default_that_somebody_could_change_is_none() -> None:
    with pytest.raises(BrokenEngine, match="an engine's section is none: Using a mutable struct object"):
        with_sections(steam("boiler", Section(Changeable, Changeable())))
