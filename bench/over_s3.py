"""``make bench-s3``: a big file up and down over S3, in a server of its own with room for it.

The shared server of ``make services`` holds 4 GB for everybody and waits for ever once it is full. ``BENCH_FILE_MB`` sets
the size (default 2048). Exit code 1 where a process grew by more than is allowed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from bench import bench_big_file, runner

PORT = 17200
COPIES = 3
"""Of the file, at most at a time: the sealed original, the public copy, and parts of the one that is being written."""
SERVICES = runner.ROOT / "deploy" / "services"


@contextmanager
def server() -> Iterator[dict[str, str]]:
    """An S3 server with room for the file; what the product reads of it from the environment."""
    script = str(SERVICES / "s3.sh")
    room = COPIES * bench_big_file.SIZE // bench_big_file.MEGABYTE + 1024
    with tempfile.TemporaryDirectory(prefix="dossier-s3-") as folder:
        try:
            environ = os.environ | {"S3_MEMORY_MB": str(room)}
            subprocess.run([script, "start", f"{folder}/s3", str(PORT)], env=environ, check=True)
            yield {
                "S3_BUCKET": "dossier",
                "S3_ENDPOINT_URL": f"http://127.0.0.1:{PORT}",
                "S3_ACCESS_KEY_ID": "testkey0",
                "S3_SECRET_ACCESS_KEY": "testsecret0",
            }
        finally:
            subprocess.run([script, "stop", f"{folder}/s3", str(PORT)], check=False)


def main() -> int:
    """The command line. Returns the exit code."""
    with server() as variables:
        os.environ.update(variables)
        runner.write("big_file_s3", bench_big_file.run())
    return 0 if runner.table("big_file_s3") else 1


if __name__ == "__main__":
    sys.exit(main())
