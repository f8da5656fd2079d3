"""Runs one job in a child process and turns whatever happens to it into a value or a typed error."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

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


def run(
    job: str, folder: Path, limits: Limits, arguments: Mapping[str, Any], *, reads: Iterable[Path] = ()
) -> dict[str, Any]:
    """Runs ``job`` (a name of ``documents.extraction.__main__``) and returns its result.

    ``folder`` is an empty scratch folder, the only place where the child may write; ``arguments`` must be JSON;
    ``reads`` are the files outside of it that the child may read (``walls``), programs apart. The child
    gets a clean environment: no key, password or address of ours is in it. Raises an
    :class:`ExtractionError` for every way in which it can end without a result.
    """
    (folder / RESULT).unlink(missing_ok=True)
    (folder / JOB).write_text(
        json.dumps(
            {
                "job": job,
                "limits": asdict(limits),
                "arguments": dict(arguments),
                "reads": [str(path.resolve()) for path in reads],
            }
        ),
        encoding="utf-8",
    )
    with (folder / "messages").open("wb") as messages:
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [sys.executable, "-m", "documents.extraction", str(folder)],
            cwd=PROJECT,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=messages,
            start_new_session=True,
        )
        cpu_before = _children_cpu()
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
    return _result(folder, code)


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


def _result(folder: Path, code: int) -> dict[str, Any]:
    if code == 0:
        path = folder / RESULT
        if path.is_symlink() or not path.is_file():
            raise CrashedError
        if path.stat().st_size > MAX_RESULT:
            raise TooLargeError
        try:
            answer = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            raise CrashedError from None
        if "error" in answer:
            raise ERRORS.get(answer["error"], ExtractionError)
        return dict(answer)
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise TooLongError
    if code == -signal.SIGXFSZ:
        raise TooLargeError
    if _ran_out_of_memory(folder / "messages"):
        raise TooMuchMemoryError
    raise CrashedError


def _ran_out_of_memory(messages: Path) -> bool:
    """Libraries in C abort when an allocation fails; only their last words tell it from another crash."""
    with messages.open("rb") as file:
        file.seek(max(0, messages.stat().st_size - 8192))
        last = file.read().lower()
    return any(word in last for word in (b"memoryerror", b"bad_alloc", b"out of memory", b"cannot allocate"))
