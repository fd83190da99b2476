"""The compiled switch: which modules may be, and what walks objects does as well with native classes.

On pure Python the same is asked of classes in Python; `make test-compiled` asks it of those that are compiled.
"""

from __future__ import annotations

import ast
import importlib
import tomllib
from copy import deepcopy
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import msgspec
import pytest

from pbxsim.clock.scheduler import Scheduler
from pbxsim.engines.simulated.engine import SimulatedEngine
from pbxsim.native import attribute_names, copied_whole, is_bound, is_compiled, method_name, unmade
from pbxsim.pbx.bus import EventBus
from pbxsim.pbx.call import Call
from pbxsim.pbx.channel import Channel

if TYPE_CHECKING:
    from types import ModuleType

ROOT: Final = Path(__file__).parents[1]
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
COMPILED: Final = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["modules"]


def _module(path: str) -> ModuleType:
    return importlib.import_module(path.removesuffix(".py").replace("/", "."))


@pytest.mark.parametrize("path", COMPILED)
def test_a_module_that_is_to_be_compiled_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("path", COMPILED)
def test_either_all_of_them_are_compiled_or_none(path: str) -> None:
    assert (_module(path).__file__ or "").endswith(".py") != is_compiled()


@pytest.mark.parametrize("path", COMPILED)
def test_none_has_a_struct_for_it_would_lose_what_stands_behind_its_base_class(path: str) -> None:
    module = _module(path)
    own = [kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == module.__name__]
    assert not [kind for kind in own if issubclass(kind, msgspec.Struct)]


@pytest.mark.parametrize("path", COMPILED)
def test_each_class_in_them_can_be_copied_when_it_is_native(path: str) -> None:
    classes = [node for node in ast.parse((ROOT / path).read_text("utf-8")).body if isinstance(node, ast.ClassDef)]
    told = {node.name for node in classes for each in node.decorator_list if ast.unparse(each) == NATIVE}
    native = {node.name for node in classes if not node.bases}
    assert told == native, "a class of its own without that cannot be copied; an enumeration or error needs none"


NATIVE: Final = "mypyc_attr(serializable=True, allow_interpreted_subclasses=True)"


@pytest.mark.parametrize("path", COMPILED)
def test_a_property_is_set_to_what_it_gives_for_mypyc_writes_past_its_memory_otherwise(path: str) -> None:
    gives: dict[str, str] = {}
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.returns and "property" in map(ast.unparse, node.decorator_list):
            gives[node.name] = ast.unparse(node.returns)
        if isinstance(node, ast.FunctionDef) and f"{node.name}.setter" in map(ast.unparse, node.decorator_list):
            taken = node.args.args[1].annotation
            assert taken is not None
            assert ast.unparse(taken) == gives[node.name], node.name


@pytest.mark.parametrize("path", COMPILED)
def test_what_a_class_has_for_all_its_objects_is_said_to_be_the_class_s_for_mypyc_keeps_it_in_each_otherwise(
    path: str,
) -> None:
    for node in ast.parse((ROOT / path).read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef) and not node.bases:  # an enumeration has its members
            for each in node.body:
                assert not isinstance(each, ast.Assign) or ast.unparse(each.targets[0]) == "__slots__", node.name
                assert not isinstance(each, ast.AnnAssign) or "ClassVar" in ast.unparse(each.annotation), node.name


class Bell:
    """Rings somebody who knows it."""

    __slots__ = ("_rung_by", "hears", "names")

    def __init__(self, hears: object) -> None:
        self.hears = hears
        self.names = {"first": [self.ring]}
        self._rung_by = (self.ring, 7)

    def ring(self) -> Self:
        """Ring."""
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """Copy it whole."""
        return copied_whole(self, memo)


class Chime(Bell):
    """Another one, with whatever it is given."""


def test_a_copy_calls_its_own_methods_wherever_it_keeps_them() -> None:
    bell = Bell(None)
    copied = deepcopy(bell)
    assert copied is not bell
    assert copied.names["first"][0]() is copied
    assert copied._rung_by[0]() is copied  # noqa: SLF001
    assert bell.names["first"][0]() is bell


def test_a_copy_is_met_again_inside_what_it_holds_and_is_the_same_for_all() -> None:
    bell = Bell(None)
    bell.hears = [bell, bell.names]
    copied, names = deepcopy((bell, bell.names))
    assert copied.hears == [copied, names]
    assert copied.names is names


def test_a_copy_has_what_stands_in_no_slot_too_and_lacks_what_the_original_lacks() -> None:
    chime = Chime(1)
    chime.tone = [1]  # type: ignore[attr-defined]
    del chime.hears
    copied = deepcopy(chime)
    assert copied.tone == [1]  # type: ignore[attr-defined]
    assert copied.tone is not chime.tone  # type: ignore[attr-defined]
    assert not hasattr(copied, "hears")


def test_timers_of_a_copied_clock_call_what_was_copied() -> None:
    clock, heard = Scheduler(0), Bell([])
    late = clock.call_at(20, 1, 3, _append, heard)
    clock.call_at(5, 1, 1, clock.cancel, late)
    clock.call_at(6, 1, 2, _append, heard)
    copied, bell = deepcopy((clock, heard))
    assert copied.run_until(10)
    assert (bell.hears, heard.hears) == (["called"], [])
    assert (len(copied), len(clock)) == (0, 3)


def _append(bell: Bell) -> None:
    assert isinstance(bell.hears, list)
    bell.hears.append("called")


@pytest.mark.parametrize("kind", [Call, Channel, Scheduler, EventBus])
def test_a_class_of_the_switch_tells_what_its_objects_hold_compiled_or_not(kind: type) -> None:
    source = Path(ROOT, *kind.__module__.split(".")).with_suffix(".py").read_text("utf-8")
    classes = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}
    slots = next(
        ast.literal_eval(node.value)
        for node in classes[kind.__name__].body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__slots__"
    )
    assert sorted(attribute_names(kind)) == sorted(slots)


def test_attributes_are_told_bases_first_and_each_once() -> None:
    assert attribute_names(Bell) == ["_rung_by", "hears", "names"]
    assert attribute_names(Chime) == ["_rung_by", "hears", "names"]
    assert attribute_names(Enum) == []


@pytest.mark.parametrize("kind", [Call, Channel, Scheduler, Bell])
def test_an_object_is_made_without_anything_of_its_class_being_run(kind: type) -> None:
    made: object = unmade(kind)
    assert type(made) is kind
    assert not [name for name in attribute_names(kind) if name.islower() and hasattr(made, name)]


def test_what_is_bound_is_a_method_of_an_object_of_ours() -> None:
    clock = Scheduler(0)
    assert is_bound(clock.cancel)
    assert is_bound(Bell(None).ring)
    others: tuple[object, ...] = (Scheduler.cancel, Bell.ring, [].append, len, "".join, _append, clock, None)
    for other in others:
        assert not is_bound(other)


def test_a_method_is_known_by_module_class_and_name_compiled_or_not() -> None:
    assert method_name(Scheduler.cancel) == "pbxsim.clock.scheduler.Scheduler.cancel"
    assert next(map(method_name, SimulatedEngine.timed_actions())).startswith(
        "pbxsim.engines.simulated.engine.SimulatedEngine._"
    )
