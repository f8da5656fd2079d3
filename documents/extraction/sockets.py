"""No sockets for the child process, by seccomp: neither walls nor a network of its own keep it from a Unix socket.

One with a path is found by its name, whatever rights over files are left. PostgreSQL lets in by that way whom it knows
as a user of the machine (``peer``), without a password. Nothing that reads files needs a socket of another kind either:
where the kernel gives a child no network of its own, it has none by this. Needs no rights, only that none can be gained
(``limits.confine``). https://docs.kernel.org/userspace-api/seccomp_filter.html

LibreOffice doesn't start without a Unix socket in ``/tmp``, at which a second start would find it. There is no second
start: it may make one, is told that it has its name and listens, and asks once a second whether somebody came.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from typing import NamedTuple

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_KILL, _REFUSE, _PRETEND, _ALLOW = 0x80000000, 0x00050000 | 13, 0x00050000, 0x7FFF0000
"""What becomes of a call: the end of the process, EACCES, nothing but an answer as if it had been done, what it asks for."""
_LOAD, _IS, _IS_AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_NUMBER, _PROCESSOR, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24
"""Where the filter finds them, in bytes; of arguments the lower half, which is all that the kernel takes of these."""
_AF_UNIX, _SOCK_STREAM, _KIND = 1, 1, 0xF
_IO_URING_SETUP = 425
"""Makes sockets past every filter."""
_X32 = 0x40000000
"""From here on, x86-64 has the same calls by other numbers."""


class _Calls(NamedTuple):
    """A processor's name for the kernel, and its numbers of the calls."""

    processor: int
    socket: int
    socketpair: int
    connect: int
    bind: int
    listen: int


_CALLS = {
    "x86_64": _Calls(0xC000003E, socket=41, socketpair=53, connect=42, bind=49, listen=50),
    "aarch64": _Calls(0xC00000B7, socket=198, socketpair=199, connect=203, bind=200, listen=201),
}

_Step = tuple[int, int, int, int]
"""What to do, how many steps to skip where it is so and where not, a value."""


def close_sockets(*, office: bool = False) -> bool:
    """From now on this process and its children reach nothing by a socket. For good. Returns whether it is so.

    They make none; ``office``: LibreOffice makes one that leads nowhere.
    """
    machine = os.uname().machine
    if sys.platform != "linux" or sys.maxsize < 2**32 or machine not in _CALLS:
        return False
    steps = _filter(_CALLS[machine], office=office)
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    given = struct.pack("@HP", len(steps), ctypes.addressof(program))
    return bool(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_SECCOMP, _MODE_FILTER, given, 0, 0) == 0)


def _filter(calls: _Calls, *, office: bool) -> list[_Step]:
    """What the kernel asks itself at each call. One by the numbers of another processor (32 bits) ends the process."""
    return [
        (_LOAD, 0, 0, _PROCESSOR),
        (_IS, 1, 0, calls.processor),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_IS_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _REFUSE),
        *_answer(_IO_URING_SETUP, _REFUSE),
        *_answer(calls.connect, _REFUSE),
        *_answer(calls.socketpair, _REFUSE),
        *(_leading_nowhere(calls) if office else _answer(calls.socket, _REFUSE)),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _answer(call: int, answer: int) -> list[_Step]:
    return [(_IS, 0, 1, call), (_RETURN, 0, 0, answer)]


def _leading_nowhere(calls: _Calls) -> list[_Step]:
    """Streams only: datagrams find their way without a connection."""
    return [
        *_answer(calls.bind, _PRETEND),
        *_answer(calls.listen, _PRETEND),
        (_IS, 0, 7, calls.socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_IS, 0, 4, _AF_UNIX),
        (_LOAD, 0, 0, _SECOND_ARGUMENT),
        (_AND, 0, 0, _KIND),
        (_IS, 0, 1, _SOCK_STREAM),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
