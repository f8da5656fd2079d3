"""Files are worked on where nobody else looks, and a killed process leaves none for long."""

import io
import os
import time

import pytest
from django.http.multipartparser import MultiPartParser
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from access import schedule
from documents import scratch
from documents.uploads import NamelessFileUploadHandler


@pytest.fixture
def root(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path / "scratch"


def test_folder_is_ours_alone_and_gone_afterwards(root):
    with scratch.scratch() as folder:
        (folder / "draft").write_text("secret")
        assert folder.parent == root
        assert (root.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o700, 0o700)
    assert list(root.iterdir()) == []


def test_what_a_killed_process_left_is_cleared_and_what_is_worked_on_stays(root):
    left, used = root / "left", root / "used"
    for folder in (left, used):
        folder.mkdir(parents=True)
        (folder / "draft").write_text("secret")
    long_ago = time.time() - scratch.LEFT_AFTER - 1
    os.utime(left, (long_ago, long_ago))
    assert scratch.clear() == 1
    assert list(root.iterdir()) == [used]
    assert scratch.clear in [job.run for job in schedule.jobs()]


def test_large_upload_has_no_name_on_the_disk(settings, tmp_path, rf):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    content = b"%PDF-1.7" + b"0" * 100_000
    sent = encode_multipart(BOUNDARY, {"file": io.BytesIO(content)})
    request = rf.generic("POST", "/", sent, content_type=MULTIPART_CONTENT)
    parser = MultiPartParser(request.META, io.BytesIO(sent), [NamelessFileUploadHandler(request)])
    _fields, files = parser.parse()
    assert list(tmp_path.iterdir()) == []
    assert files["file"].size == len(content)
    assert files["file"].read() == content
    assert not hasattr(files["file"], "temporary_file_path")


def test_upload_that_breaks_off_is_closed(rf):
    handler = NamelessFileUploadHandler(rf.post("/"))
    handler.new_file("file", "a.pdf", "application/pdf", 3)
    file = handler.file
    handler.upload_interrupted()
    assert file.closed
