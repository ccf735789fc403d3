"""Which boot of which machine a record was written in, so that clock steps can be told apart."""

from pathlib import Path
from typing import Final

from irkit.clock import boot_seconds

_LINUX: Final = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Return the kernel's id of this boot, or `unknown` where there is none."""
    try:
        return _LINUX.read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


def boot_milliseconds() -> int:
    """Return milliseconds since boot."""
    return int(boot_seconds() * 1000)
