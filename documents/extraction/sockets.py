"""No Unix sockets for the child process, by seccomp: neither walls nor a network of its own stop a connection to one.

A socket with a path is found by its name, whatever rights over files are left. PostgreSQL lets in by that way whom it
knows as a user of the machine (``peer``), without a password. LibreOffice needs such a socket for itself, and so goes
without this; ``manage.py check --deploy`` says where that matters. Needs no rights, only that none can be gained
(``limits.confine``). https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_KILL, _REFUSE, _ALLOW = 0x80000000, 0x00050000 | 13, 0x7FFF0000
"""What becomes of a call: the end of the process, EACCES, nothing."""
_LOAD, _IS, _IS_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _PROCESSOR, _FIRST_ARGUMENT = 0, 4, 16
"""Where the filter finds them, in bytes; of the argument the lower half, which is all that the kernel takes of it."""
_AF_UNIX = 1
_IO_URING_SETUP = 425
"""Makes sockets past every filter."""
_X32 = 0x40000000
"""From here on, x86-64 has the same calls by other numbers."""

_PROCESSORS = {"x86_64": (0xC000003E, 41, 53), "aarch64": (0xC00000B7, 198, 199)}
"""Its name for the kernel, and its numbers of ``socket`` and ``socketpair``."""


def close_sockets() -> bool:
    """From now on this process and its children make no Unix socket. For good. Returns whether it is so."""
    machine = os.uname().machine
    if sys.platform != "linux" or sys.maxsize < 2**32 or machine not in _PROCESSORS:
        return False
    steps = _filter(*_PROCESSORS[machine])
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    given = struct.pack("@HP", len(steps), ctypes.addressof(program))
    return bool(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_SECCOMP, _MODE_FILTER, given, 0, 0) == 0)


def _filter(processor: int, socket: int, pair: int) -> list[tuple[int, int, int, int]]:
    """What the kernel asks itself at each call: what to do, how many steps to skip where it is so and where not, a value.

    A call by the numbers of another processor (32 bits) ends the process.
    """
    return [
        (_LOAD, 0, 0, _PROCESSOR),
        (_IS, 1, 0, processor),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_IS_AT_LEAST, 6, 0, _X32),
        (_IS, 5, 0, _IO_URING_SETUP),
        (_IS, 1, 0, socket),
        (_IS, 0, 2, pair),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_IS, 1, 0, _AF_UNIX),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
