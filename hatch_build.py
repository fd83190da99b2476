"""Compiles the switch for a wheel where the environment has PBXSIM_COMPILE=1; else the wheel is pure Python.

Which modules are compiled is in pyproject.toml, `modules` of this hook. What is made on the way lies in
build/compiled, never in the source tree; what did not change since is not compiled again.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_WANTED = os.environ.get("PBXSIM_COMPILE", "") not in ("", "0")

_FLAGS = ("--config-file=", "--ignore-missing-imports", "--follow-imports=silent", "--cache-dir=build/compiled/types")
"""Types are checked by `make check`: here they only tell mypyc what to compile to."""


class CompileSwitch(BuildHookInterface):  # type: ignore[type-arg]
    """Adds a compiled module for each of `modules`, beside its source: Python takes what is compiled first."""

    def dependencies(self) -> list[str]:
        """Give what compiling takes, for builds in an environment of their own; mypy must know msgspec's classes."""
        return ["mypy[mypyc]>=2.4", "msgspec>=0.18.4,<0.23"] if _WANTED else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless the installation is an editable one, where sources are to be what runs."""
        if not _WANTED or version == "editable":
            return
        for made in _compiled(self.config["modules"], Path(self.root, "build", "compiled")):
            build_data["force_include"][str(made[0])] = made[1]
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def _compiled(modules: list[str], folder: Path) -> list[tuple[Path, str]]:
    """Compile modules; gives each file that came of it, and where it belongs in the wheel."""
    from mypyc.build import mypycify
    from setuptools import Distribution

    extensions = mypycify(
        [*_FLAGS, *modules], opt_level="3", debug_level="0", group_name="pbxsim", target_dir=str(folder / "c")
    )
    command: Any = Distribution({"name": "pbxsim", "ext_modules": extensions}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = str(folder / "lib"), str(folder / "temp")
    command.ensure_finalized()
    command.run()
    return [(Path(made), Path(made).relative_to(folder / "lib").as_posix()) for made in command.get_outputs()]
