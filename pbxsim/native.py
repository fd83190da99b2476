"""What differs where the switch is compiled: its classes are native then, and what walks objects must know that.

A native class (mypyc's word) has neither `__slots__` nor a `__dict__`, and a bound method of its objects is no
`MethodType`. `copy.deepcopy` takes that for a value like any other: what was copied would speak to the original.
"""

from __future__ import annotations

from copy import deepcopy
from types import BuiltinMethodType, MethodType
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_extensions import mypyc_attr as mypyc_attr
else:
    # Told by its full name: mypyc looks for that, and drops it when it compiles.
    def mypyc_attr(**_: bool) -> Callable[[type[_A]], type[_A]]:
        """Tell mypyc how to compile a class; nothing otherwise, so that pbxsim needs none of it to run.

        `serializable` lets one be made without `__init__`, as a copy is. `allow_interpreted_subclasses` has to stand
        beside it: mypyc 2.4 calls no `__init__` otherwise. Both together cost nothing that can be measured.
        """
        return _as_it_is


_A = TypeVar("_A")


def _as_it_is(kind: type[_A]) -> type[_A]:
    return kind


def is_compiled() -> bool:
    """Tell whether the switch that is installed here is the compiled one."""
    from importlib.machinery import EXTENSION_SUFFIXES
    from importlib.util import find_spec

    spec = find_spec("pbxsim.pbx.calls")
    return spec is not None and (spec.origin or "").endswith(tuple(EXTENSION_SUFFIXES))


def is_bound(thing: object) -> TypeGuard[MethodType | BuiltinMethodType]:
    """Tell whether something is a bound method of an object whose class is written in Python, compiled or not."""
    return isinstance(thing, MethodType) or _is_native(thing)


def method_name(method: Callable[..., object]) -> str:
    """Give the full name of a method that was got from its class: module, class and name."""
    of = getattr(method, "__objclass__", method)
    return f"{of.__module__}.{method.__qualname__}"


def attribute_names(kind: type) -> list[str]:
    """Name the attributes that a class has room for in its objects, bases first; what a `__dict__` has is not told."""
    found: list[str] = []
    for base in reversed(kind.__mro__):
        own = base.__dict__.get("__slots__", base.__dict__.get("__mypyc_attrs__", ()))
        found += [own] if isinstance(own, str) else list(own)
    return [name for name in dict.fromkeys(found) if name not in ("__dict__", "__weakref__")]


def unmade(kind: type[_A]) -> _A:
    """Give an object of a class of ours that has no attributes yet; nothing of it is run."""
    return kind.__new__(kind) if "__mypyc_attrs__" in kind.__dict__ else object.__new__(kind)


def copied_whole(thing: _A, memo: dict[int, Any]) -> _A:
    """Do as `copy.deepcopy` for an object that keeps bound methods, by itself or in lists, tuples and mappings.

    It is there before what it holds, which may hold it.
    """
    made = memo[id(thing)] = unmade(type(thing))
    for name in {**dict.fromkeys(attribute_names(type(thing))), **getattr(thing, "__dict__", {})}:
        if hasattr(thing, name):
            setattr(made, name, _copied(getattr(thing, name), memo))
    return made


def _copied(held: Any, memo: dict[int, Any]) -> Any:  # noqa: ANN401 - whatever is kept
    if id(held) in memo:
        return memo[id(held)]
    kind = type(held)
    if kind is tuple:
        return tuple([_copied(each, memo) for each in held])
    if kind is list:
        made = memo[id(held)] = []
        made.extend(_copied(each, memo) for each in held)
        return made
    if kind is dict:
        mapping = memo[id(held)] = {}
        mapping.update((deepcopy(key, memo), _copied(value, memo)) for key, value in held.items())
        return mapping
    if _is_native(held):
        return getattr(deepcopy(held.__self__, memo), held.__name__)
    return deepcopy(held, memo)


def _is_native(thing: object) -> TypeGuard[BuiltinMethodType]:
    return isinstance(thing, BuiltinMethodType) and hasattr(type(thing.__self__), "__mypyc_attrs__")
