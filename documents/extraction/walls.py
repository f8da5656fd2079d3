"""Walls around the child process by Landlock: it reads the file at hand and its programs, and writes into its own folder.

A hostile file that takes a reader over finds no settings, no database file, no other upload, and nothing of the processes
beside it. Walls are for files: a Unix socket is opened through them, a database's too (``sockets`` stops that).
Landlock needs no rights and is in the kernels of Debian 12 and later (5.13 with ``CONFIG_SECURITY_LANDLOCK``).
Where it is missing, or its calls are forbidden by a container, there are no walls, and ``manage.py check --deploy`` says so.
https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import struct
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

# The same numbers on every processor that Linux runs on today.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_TRAPS = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12
"""Devices, sockets, pipes that the worker would wait at for ever, links that it would follow."""
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_READ = _READ_FILE | _READ_DIR
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Version of Landlock -> all rights over files that it knows from then on."""
_TCP, _SCOPES = 0b11, 0b11
"""To bind and connect (from version 4 on); abstract sockets and signals to strangers (from version 6 on)."""

PROJECT = Path(__file__).resolve().parents[2]
PROGRAMS = (
    *("/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/share"),
    *("/usr/local/bin", "/usr/local/lib", "/usr/local/share", "/bin", "/lib", "/lib64", "/nix/store", "/gnu/store"),
)
"""Programs, libraries, fonts and what Tesseract has learnt. Not ``/usr`` and ``/opt``: some keep their site there."""
FOUND = ("soffice", "libreoffice", "tesseract", "pdftotext")
"""Programs that may be anywhere in ``PATH``."""
_OF_PROGRAMS = frozenset({"bin", "program"})
"""What a folder of programs is called; another that is in ``PATH`` may be somebody's home."""
_BESIDE = ("lib", "lib64", "libexec", "share", "presets")
"""What a program brings along, beside the folder that it is in."""
DETAILS = (
    *("/etc/ld.so.cache", "/etc/fonts", "/etc/libreoffice", "/etc/localtime", "/etc/ssl/openssl.cnf"),
    *("/etc/mime.types", "/etc/apache2/mime.types", "/etc/httpd/conf/mime.types", "/usr/local/etc/mime.types"),
    *(
        "/var/cache/fontconfig",
        "/var/lib/libreoffice",
        "/var/spool/libreoffice",
        "/dev/urandom",
        "/dev/random",
        "/dev/zero",
    ),
)


def version() -> int:
    """The version of Landlock here; 0 for none."""
    if sys.platform != "linux":
        return 0
    return max(ctypes.CDLL(None, use_errno=True).syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION), 0)


def raise_walls(folder: Path, reads: Collection[Path]) -> bool:
    """From now on this process and its children read ``reads`` and programs only, and write below ``folder`` only.

    For good: there is no way back. Returns whether it is so. Takes one or two milliseconds.
    """
    if not (known := version()):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    rights = next(rights for since, rights in reversed(_RIGHTS.items()) if since <= known)
    wanted = struct.pack("=QQQ", rights, _TCP if known >= 4 else 0, _SCOPES if known >= 6 else 0)
    rules = libc.syscall(_CREATE_RULESET, wanted, ctypes.c_size_t(len(wanted)), 0)
    if rules < 0:
        return False
    try:
        _allow(libc, rules, folder, rights & ~_EXECUTE & ~_MAKE_TRAPS)
        _allow(libc, rules, Path("/dev/null"), (_READ | _WRITE_FILE | _TRUNCATE) & rights)
        for path in (*map(Path, PROGRAMS), *_own_code(), *_found([PROJECT, folder, *reads])):
            _allow(libc, rules, path, _READ | _EXECUTE)
        for path in (*map(Path, DETAILS), *reads):
            _allow(libc, rules, path, _READ)
        return bool(libc.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _own_code() -> Iterable[Path]:
    """This package, Python and the installed libraries; nothing else of the project."""
    yield PROJECT / "documents"
    yield from (Path(entry) for entry in sys.path if entry and Path(entry).resolve() != PROJECT)
    yield from (Path(prefix) / "lib" for prefix in {sys.prefix, sys.base_prefix})


def _found(ours: Collection[Path]) -> Iterable[Path]:
    """Where the programs that read files really are, and their libraries; never a folder that holds one of ``ours``."""
    ours = [path.resolve() for path in ours]
    for starter in filter(None, map(shutil.which, FOUND)):
        folder = Path(starter).resolve().parent
        if folder.name in _OF_PROGRAMS:
            places = (folder, *(folder.with_name(name) for name in _BESIDE))
            yield from (place for place in places if not any(path.is_relative_to(place) for path in ours))


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    """Adds one rule; what isn't there needs none."""
    with contextlib.suppress(OSError):
        there = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            allowed = rights if path.is_dir() else rights & _OF_FILES
            libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", allowed, there), 0)
        finally:
            os.close(there)
