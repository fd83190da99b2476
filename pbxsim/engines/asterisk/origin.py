"""Where an Asterisk of our own comes from, this machine or a container image, and the process that it becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.engines.asterisk.installation import AsteriskInstallation
from pbxsim.engines.asterisk.process import AsteriskProcess, InstalledAsterisk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pbxsim.engines.asterisk.image import AsteriskImage


def chosen(image: str, otherwise: Callable[[], AsteriskInstallation]) -> AsteriskInstallation | AsteriskImage:
    """Give the Asterisk of an image; `otherwise` where none is named. Raises EngineUnreachable."""
    if not image:
        return otherwise()
    from pbxsim.engines.asterisk.image import of_image  # not where none is named

    return of_image(image)


def process_of(
    found: AsteriskInstallation | AsteriskImage, folder: Path, files: Mapping[str, str], *, stays: bool = False
) -> AsteriskProcess:
    """Give the process of an Asterisk, of this machine or of an image. Raises EngineUnreachable."""
    if isinstance(found, AsteriskInstallation):
        return InstalledAsterisk(found, folder, files, stays=stays)
    from pbxsim.engines.asterisk.contained import ContainedAsterisk  # not where none is asked for

    return ContainedAsterisk(found, folder, files, stays=stays)
