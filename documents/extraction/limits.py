"""What the reading process may use, and how it gives up everything else before it opens the file."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

MAX_PAGES = 20_000
"""Pages of one file; more is refused."""
MAX_CHARACTERS = 50_000_000
"""Characters of one file's text; more is refused."""
MAX_PAGE_CHARACTERS = 400_000
"""Characters of one page; more is refused (a large book has 4,000)."""

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000


@dataclass(frozen=True)
class Limits:
    """Seconds of CPU, bytes of address space, seconds of wall-clock time, bytes of the largest file written, open files."""

    cpu_seconds: int = 240
    memory_bytes: int = 1024**3
    wall_seconds: float = 420
    file_bytes: int = 512 * 1024**2
    open_files: int = 128


def confine(limits: Limits) -> bool:
    """Limits this process for good. Called first in the child, before any library sees the file.

    The CPU limit ends the process by SIGXCPU, the memory limit makes allocations fail. On Linux the
    process also dies with its parent, can't gain rights, and loses the network where the kernel allows it;
    returns whether it did.
    """
    _lower(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 2)
    _lower(resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes)
    _lower(resource.RLIMIT_CORE, 0, 0)
    _lower(resource.RLIMIT_NOFILE, limits.open_files, limits.open_files)
    _lower(resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes)
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return _leave_network(libc)


def die_with_parent() -> None:
    """For ``preexec_fn``: a program that the child starts ends with the child, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _lower(what: int, soft: int, hard: int) -> None:
    """Sets a limit, never above the one that is already there; platforms that lack it go without."""
    _, ceiling = resource.getrlimit(what)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (soft, hard))


def _leave_network(libc: ctypes.CDLL) -> bool:
    """Moves into an empty network namespace, if the kernel lets us. A converter has nothing to fetch."""
    if libc.unshare(_CLONE_NEWNET) == 0:
        return True
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    # Without a mapping of our own ids no file could be created any more.
    with contextlib.suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    return True
