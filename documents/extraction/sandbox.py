"""Runs one job in a child process and turns whatever happens to it into a value or a typed error."""

from __future__ import annotations

import compileall
import contextlib
import json
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from documents.extraction.errors import (
    ERRORS,
    CrashedError,
    ExtractionError,
    TooLargeError,
    TooLongError,
    TooMuchMemoryError,
)
from documents.extraction.limits import Limits
from documents.extraction.walls import PROJECT

RESULT = "result.json"
JOB = "job.json"
MAX_RESULT = 400 * 1024**2
"""Bytes of a result; a child that writes more is taken for broken."""
SHORT = 1024**2
"""Bytes of an answer that a web process waits for: it holds all of it at once."""


@contextlib.contextmanager
def doubted() -> Iterator[None]:
    """Around what takes an answer apart. Raises CrashedError where it isn't as agreed: who reads strangers' files may
    have been taken over by one."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as err:
        raise CrashedError from err


def run(
    job: str,
    folder: Path,
    limits: Limits,
    arguments: Mapping[str, Any],
    *,
    reads: Iterable[Path] = (),
    most: int = MAX_RESULT,
) -> dict[str, Any]:
    """Runs ``job`` (a name of ``documents.extraction.__main__``) and returns its result.

    ``folder`` is an empty scratch folder, the only place where the child may write; ``arguments`` must be JSON;
    ``reads`` are the files outside of it that the child may read (``walls``), programs apart; an answer longer
    than ``most`` bytes is an error and isn't read. The child gets a clean environment: no key, password or
    address of ours is in it. Raises an :class:`ExtractionError` for every way in which it can end without a result.
    """
    keep_compiled()
    new_file(folder / RESULT).close()
    task = {
        "job": job,
        "limits": asdict(limits),
        "arguments": dict(arguments),
        "reads": [str(path.resolve()) for path in reads],
    }
    with new_file(folder / JOB) as file:
        file.write(json.dumps(task).encode())
    with new_file(folder / "messages") as messages:
        code = _wait_for(folder, limits, messages)
        return _result(folder, code, messages, most)


@cache
def keep_compiled() -> None:
    """Compiles the readers, once and for all children: these may not write, and each would do it anew (20 to 40 ms)."""
    if not sys.dont_write_bytecode:
        compileall.compile_dir(Path(__file__).parent, quiet=2)


def new_file(path: Path) -> BinaryIO:
    """Opens ``path`` as a new file, to write and to read.

    An earlier child may have left a link or a pipe under that name, to be followed or to wait at: the name is given
    anew. Raises CrashedError where it left a folder.
    """
    try:
        path.unlink(missing_ok=True)
        return path.open("x+b")
    except (IsADirectoryError, FileExistsError):
        raise CrashedError from None


def _wait_for(folder: Path, limits: Limits, messages: BinaryIO) -> int:
    """Starts the child, waits for its end and returns its exit code. Raises TooLongError."""
    cpu_before = _children_cpu()
    process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
        [sys.executable, "-m", "documents.extraction", str(folder)],
        cwd=PROJECT,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=messages,
        start_new_session=True,
    )
    try:
        code = process.wait(limits.wall_seconds)
    except subprocess.TimeoutExpired:
        raise TooLongError from None
    finally:
        # The group: what the child started itself must not outlive it either.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    # Up to a second less than the limit is counted. A reader may answer the processor limit's signal with an abort of its own.
    if code < 0 and _children_cpu() - cpu_before >= limits.cpu_seconds - 1:
        raise TooLongError
    return code


def _children_cpu() -> float:
    """Processor seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        # One thread for Tesseract: more would fight with the other workers, and gain little on one page.
        "OMP_THREAD_LIMIT": "1",
    }


def _result(folder: Path, code: int, messages: BinaryIO, most: int) -> dict[str, Any]:
    if code == 0:
        answer = _answer(folder / RESULT, most)
        if "error" in answer:
            raise ERRORS.get(str(answer["error"]), ExtractionError)
        return answer
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise TooLongError
    if code == -signal.SIGXFSZ:
        raise TooLargeError
    if _ran_out_of_memory(messages):
        raise TooMuchMemoryError
    raise CrashedError


def _answer(path: Path, most: int) -> dict[str, Any]:
    """What the child wrote. The name is the child's: no link is followed, and no pipe waited at."""
    try:
        with open(path, "rb", opener=_unfollowed) as file:  # Path.open takes no opener
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise CrashedError
            if status.st_size > most:
                raise TooLargeError
            return dict(json.loads(file.read(most)))
    except (OSError, ValueError, TypeError, RecursionError):
        raise CrashedError from None


def _unfollowed(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _ran_out_of_memory(messages: BinaryIO) -> bool:
    """Libraries in C abort when an allocation fails; only their last words tell it from another crash."""
    messages.seek(max(0, os.fstat(messages.fileno()).st_size - 8192))
    last = messages.read(8192).lower()
    return any(word in last for word in (b"memoryerror", b"bad_alloc", b"out of memory", b"cannot allocate"))
