"""A self-hosted PBX emulator: the vendors' HTTP APIs at the edge, a deterministic switch in the middle.

Here is only the version. What each room holds is said in its own package.
"""

from __future__ import annotations

__version__ = "0.1.0"
