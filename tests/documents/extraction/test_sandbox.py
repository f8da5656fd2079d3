"""Hostile files: each ends in a typed error with a sentence; the worker goes on."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from documents.extraction import jobs, sandbox, sockets
from documents.extraction.errors import (
    BrokenFileError,
    CrashedError,
    EncryptedFileError,
    ExtractionError,
    PageCountError,
    TooLargeError,
    TooLongError,
    TooMuchMemoryError,
)
from documents.extraction.jobs import Surroundings, clean_copy, extract, page_image
from documents.extraction.limits import Limits
from documents.extraction.walls import version
from documents.system_checks import children_are_walled_in, database_wants_a_password
from tests import servers
from tests.documents import making

PDF = "application/pdf"


def gone(path):
    """Whether no process names ``path`` any more; a killed one may take a moment on a busy machine."""
    deadline = time.monotonic() + 5
    while left := processes_of(path):
        if time.monotonic() > deadline:
            return not left
        time.sleep(0.05)
    return True


def processes_of(folder):
    """Processes that were started for a scratch folder, by what Linux says about them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in command:
            found.append(int(process.name))
    return found


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: making.encrypted(making.report(2)), EncryptedFileError),
        (lambda: b"", BrokenFileError),
        (lambda: os.urandom(50_000), BrokenFileError),
        (lambda: b"%PDF-1.7\n" + b"\xff\x00" * 20_000, BrokenFileError),
        (making.circular, (BrokenFileError, PageCountError)),
        (making.deep, (BrokenFileError, PageCountError, CrashedError, TooMuchMemoryError)),
    ],
    ids=["encrypted", "empty", "random", "garbage", "circular", "deep"],
)
def test_hostile_pdf_is_refused_with_its_reason(stored, tmp_path, make, error):
    path = stored(make())
    with pytest.raises(error) as caught:
        clean_copy(path, tmp_path / "clean")
    assert str(caught.value).endswith(".")
    with pytest.raises(ExtractionError):
        extract(path, PDF)


def test_upload_that_was_cut_off_is_refused(stored, tmp_path):
    path = stored(making.cut_off(making.report(30)))
    with pytest.raises((PageCountError, BrokenFileError)):
        clean_copy(path, tmp_path / "clean")


def test_endless_drawing_is_stopped_by_the_processor_limit(stored, tmp_path):
    path = stored(making.endless())
    started = time.monotonic()
    with pytest.raises(TooLongError):
        page_image(path, PDF, tmp_path / "p", width=1000, limits=Limits(cpu_seconds=2, wall_seconds=60))
    assert time.monotonic() - started < 30


def test_endless_reading_is_stopped_by_the_processor_limit(stored):
    path = stored(making.endless())
    started = time.monotonic()
    with pytest.raises(TooLongError):
        extract(path, PDF, limits=Limits(cpu_seconds=2, wall_seconds=60))
    assert time.monotonic() - started < 45


def test_wall_clock_limit_kills_the_child_and_what_it_started(stored, tmp_path):
    path = stored(making.endless())
    folder = tmp_path / "scratch"
    folder.mkdir()
    started = time.monotonic()
    with pytest.raises(TooLongError):
        sandbox.run("text", folder, Limits(wall_seconds=1), {"source": str(path), "mime": PDF}, reads=[path])
    assert time.monotonic() - started < 10
    assert gone(folder) and gone(path)


def test_memory_limit_is_real(stored, tmp_path):
    path = stored(making.report(1))
    assert page_image(path, PDF, tmp_path / "p", width=1000)
    with pytest.raises(TooMuchMemoryError):
        extract(stored(b"x" * 40_000_000, "big"), "text/plain", limits=Limits(memory_bytes=90 * 1024**2))


@pytest.fixture
def walls():
    if not version():
        servers.missing("Landlock in the kernel")


def test_child_reads_the_file_at_hand_and_no_other(walls, stored, tmp_path):
    path, folder = stored(b"A witness.", "secret"), tmp_path / "scratch"
    folder.mkdir()
    arguments = {"source": str(path), "mime": "text/plain"}
    assert sandbox.run("text", folder, Limits(), arguments, reads=[path])["pages"]
    with pytest.raises(BrokenFileError):
        sandbox.run("text", folder, Limits(), arguments)


def succeeded(setup: str, tries: dict[str, str]) -> list[str]:
    """The names of those ``tries`` that a confined child gets away with, behind what ``setup`` puts around it."""
    program = f"""
import ctypes, json, os, socket, subprocess, sys
from documents.extraction.limits import Limits, confine
confine(Limits())
{setup}
done = []
for name, code in {tries!r}.items():
    try:
        eval(code)
        done.append(name)
    except (OSError, subprocess.CalledProcessError):
        pass
print(json.dumps(done))"""
    answer = subprocess.run([sys.executable, "-c", program], cwd=sandbox.PROJECT, capture_output=True, text=True)
    assert answer.stdout, answer.stderr
    return json.loads(answer.stdout)


def test_a_child_that_was_taken_over_finds_nothing(walls, tmp_path):
    """Each of these would be a way to other uploads, keys or the worker."""
    folder, other = tmp_path / "scratch", tmp_path / "upload"
    folder.mkdir()
    other.write_text("A witness.")
    tries = {
        "upload": f"open({str(other)!r}).read()",
        "settings": f"open({str(sandbox.PROJECT / 'settings' / 'base.py')!r}).read()",
        "project": f"os.listdir({str(sandbox.PROJECT)!r})",
        "users": "open('/etc/passwd').read()",
        "worker": "open(f'/proc/{os.getppid()}/environ').read()",
        "worker's end": "os.kill(os.getppid(), 0)" if version() >= 6 else "open('/proc/1/environ')",
        "by a program": f"subprocess.run(['/bin/cat', {str(other)!r}], check=True)",
        "writing": f"open({str(tmp_path / 'new')!r}, 'w')",
        "overwriting": f"os.truncate({str(other)!r}, 0)" if version() >= 3 else f"open({str(other)!r}, 'a')",
        "removing": f"os.unlink({str(other)!r})",
        "a link for the worker to follow": f"os.symlink({str(other)!r}, {str(folder / 'made')!r})",
        "a pipe for the worker to wait at": f"os.mkfifo({str(folder / 'messages')!r})",
        "a socket": f"socket.socket(socket.AF_UNIX).bind({str(folder / 'socket')!r})",
        "a name of its own": f"os.link({str(other)!r}, {str(folder / 'made')!r})",
        "its folder": f"open({str(folder / 'own')!r}, 'w').write('x') and open({str(folder / 'own')!r}).read()",
    }
    setup = f"""
from pathlib import Path
from documents.extraction.walls import raise_walls
assert raise_walls(Path({str(folder)!r}), [])
"""
    assert succeeded(setup, tries) == ["its folder"]
    assert other.read_text() == "A witness."


def test_a_link_in_place_of_a_copy_is_not_followed(stored, tmp_path, monkeypatch):
    secret = stored(b"A witness.", "secret")

    def run(job, folder, *args, **more):
        (folder / jobs.MADE).symlink_to(secret)
        return {"page_count": 1, "removed": {}}

    monkeypatch.setattr(sandbox, "run", run)
    with pytest.raises(CrashedError):
        clean_copy(stored(making.report(1)), tmp_path / "clean")
    assert not (tmp_path / "clean").exists()


def test_no_job_leaves_a_copy_in_the_shared_temporary_folder(tmp_path, monkeypatch):
    """What is in there when the process is killed stays for good."""
    folders = []
    made = {"pages": [], "page_count": 0, "title": "", "language": "", "text": "", "layout": "", "outline": []}
    made |= {"refusal": "", "details": {}}

    def run(job, folder, *args, **more):
        folders.append(folder)
        (folder / jobs.MADE).write_text("a draft")
        return made

    monkeypatch.setattr(sandbox, "run", run)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "shared"))
    (tmp_path / "shared").mkdir()
    (own := tmp_path / "own").mkdir()
    (path := own / "draft").write_text("a draft")
    jobs.read_text(path, "text/plain")
    jobs.check(path, "text/plain", own)
    jobs.convert(path, "application/msword", own / "target", to="pdf")
    jobs.recognise_page(path, PDF, 1, ["eng"])
    assert len(folders) == 4
    assert all(folder.is_relative_to(own) for folder in folders)


@pytest.fixture
def listening(tmp_path):
    """The path of a Unix socket that accepts whoever comes, as a database does."""
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        yield path


@pytest.mark.parametrize("office", [False, True], ids=["any", "office"])
def test_a_child_reaches_no_database_by_a_unix_socket(listening, office):
    """Nor do the programs that it starts. The mark of PostgreSQL's ``peer``: the path alone lets in."""
    tries = {
        "a stream": f"socket.socket(socket.AF_UNIX).connect({str(listening)!r})",
        "datagrams": "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
        "packets": "socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)",
        "a pair that is turned elsewhere": "socket.socketpair()",
        "a ring": "ring(425, 1, ctypes.create_string_buffer(120))",
        "by a program": "subprocess.run([sys.executable, '-c', 'import socket; socket.socketpair()'], check=True, stderr=-3)",
        "the network's": "socket.socket(socket.AF_INET)",
        "the machine's below": "socket.socket(socket.AF_VSOCK)",
        "a program": "subprocess.run(['/bin/true'], check=True)",
    }
    setup = f"""
from documents.extraction.sockets import close_sockets
def ring(*arguments):
    if ctypes.CDLL(None).syscall(*arguments) < 0:
        raise OSError
assert close_sockets(office={office})
"""
    assert succeeded(setup, tries) == ["a program"]


def test_the_socket_of_an_office_has_no_name_and_nobody_to_come(tmp_path):
    """All that it may have of its own: without one it doesn't start."""
    tries = {
        "its socket": f"its.bind({str(tmp_path / 's')!r}) or its.listen() or True",
        "somebody who comes": "its.accept()",
        "words to others": f"its.sendto(b'x', {str(tmp_path / 's')!r})",
        "its end": "its.close() or True",
    }
    setup = """
from documents.extraction.sockets import close_sockets
assert close_sockets(office=True)
its = socket.socket(socket.AF_UNIX)
"""
    assert succeeded(setup, tries) == ["its socket", "its end"]
    assert not list(tmp_path.iterdir())


def test_a_child_finds_that_no_socket_is_open_to_it(tmp_path):
    assert sandbox.run("probe", tmp_path, Limits(), {})["closed"]


def test_on_another_processor_sockets_stay_open_and_that_is_said(monkeypatch):
    monkeypatch.setattr(sockets, "_CALLS", {})
    assert sockets.close_sockets() is False


@pytest.mark.parametrize("trap", [os.mkfifo, lambda path: path.mkdir(), lambda path: path.symlink_to("/dev/full")])
@pytest.mark.parametrize("name", ["job.json", "result.json", "messages"])
def test_what_an_earlier_child_left_in_the_place_of_our_files_is_neither_followed_nor_waited_at(
    tmp_path, monkeypatch, name, trap
):
    """Pipes without another end, folders, links."""
    monkeypatch.setattr(sandbox.sys, "executable", "/bin/true")
    trap(tmp_path / name)
    with pytest.raises(CrashedError):
        sandbox.run("text", tmp_path, Limits(), {})


@pytest.mark.parametrize("end", ["exit 1", "exit 0"])
def test_pipes_in_the_place_of_our_files_are_not_waited_at(tmp_path, monkeypatch, end):
    program = tmp_path / "child"
    program.write_text(f'#!/bin/sh\ncd "$3" && rm messages result.json && mkfifo messages result.json\n{end}\n')
    program.chmod(0o700)
    monkeypatch.setattr(sandbox.sys, "executable", str(program))
    with pytest.raises(CrashedError):
        sandbox.run("text", tmp_path, Limits(), {})


def test_the_start_says_that_there_are_no_walls(monkeypatch):
    """Where the kernel has them and a container refuses them, too: what counts is what a child found."""
    monkeypatch.setattr("documents.system_checks.surroundings", lambda: Surroundings(isolated=True, closed=True))
    assert [found.id for found in children_are_walled_in(None)] == ["documents.W017"]
    monkeypatch.setattr("documents.system_checks.surroundings", lambda: Surroundings(walled=True))
    assert children_are_walled_in(None) == []


def test_surroundings_are_what_a_child_found(walls, monkeypatch):
    assert jobs.surroundings.__wrapped__().walled
    monkeypatch.setattr(sandbox.sys, "executable", "/bin/false")
    assert jobs.surroundings.__wrapped__() == Surroundings()


@pytest.mark.parametrize(
    ("host", "closed", "warns"),
    [("/run/postgresql", True, False), ("/run/postgresql", False, True), ("", False, True), ("db", False, False)],
)
def test_the_start_says_that_the_database_is_within_reach(settings, monkeypatch, host, closed, warns):
    database = {"ENGINE": "django.db.backends.postgresql", "HOST": host}
    monkeypatch.setitem(settings.DATABASES, "default", database)
    monkeypatch.setattr("documents.system_checks.surroundings", lambda: Surroundings(closed=closed))
    assert [found.id for found in database_wants_a_password(None)] == ["documents.W018"] * warns


def test_a_child_starts_with_little():
    """Each page and each file starts one. Its own job loads what it needs."""
    program = "import sys, documents.extraction.__main__; print(*sys.modules)"
    # Without our environment: what measures coverage loads a lot by itself.
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, env={})
    loaded = run.stdout.split()
    assert {name for name in loaded if name.startswith("documents.extraction.")} == {
        f"documents.extraction.{name}" for name in ("__main__", "errors", "limits", "sockets", "walls")
    }
    assert not {"subprocess", "tempfile", "random", "base64"} & set(loaded)


def test_children_find_their_readers_compiled(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    compiled = Path(cache_from_source(sandbox.PROJECT / "documents" / "extraction" / "inspection" / "hidden.py"))
    compiled.unlink(missing_ok=True)
    sandbox.keep_compiled.cache_clear()
    sandbox.run("probe", tmp_path, Limits(), {})
    assert compiled.exists()


def test_child_has_none_of_our_secrets(stored, tmp_path, monkeypatch):
    monkeypatch.setenv("S3_SECRET_ACCESS_KEY", "do-not-tell")
    assert "S3_SECRET_ACCESS_KEY" not in sandbox._environment(tmp_path)


def test_child_that_answers_nonsense_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox.sys, "executable", "/bin/true")
    with pytest.raises(CrashedError):
        sandbox.run("text", tmp_path, Limits(), {})


@pytest.fixture
def says(tmp_path, monkeypatch):
    """Makes the child answer with what is given, as one that a file took over would."""

    def answer(content):
        said, program = tmp_path / "said", tmp_path / "takeover"
        said.write_text(content if isinstance(content, str) else json.dumps(content))
        program.write_text(f'#!/bin/sh\ncat {said} > "$3/result.json"\n')
        program.chmod(0o700)
        monkeypatch.setattr(sandbox.sys, "executable", str(program))

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"refusal": ""},
        {"refusal": "", "details": 3},
        {"refusal": "", "details": {}, "glance": [1]},
        {"refusal": "", "details": {}, "glance": {"title": ""}},
        {"error": ["x"]},
    ],
)
def test_an_answer_that_is_not_as_agreed_is_a_refusal(says, stored, tmp_path, answer):
    """It was an error 500."""
    path = stored(making.pdf_of(["One"]))
    says(answer)
    with pytest.raises(ExtractionError):
        jobs.check(path, "application/pdf", tmp_path)


@pytest.mark.parametrize("answer", [{}, {"width": "x", "height": 1}, {"width": None, "height": 1}])
def test_nor_is_one_of_a_picture(says, stored, tmp_path, answer):
    path = stored(making.pdf_of(["One"]))
    says(answer)
    (tmp_path / "made").touch()
    with pytest.raises(ExtractionError):
        page_image(path, "application/pdf", tmp_path / "target", width=100)


def test_a_guess_is_what_a_database_takes(says, stored, tmp_path):
    path = stored(making.pdf_of(["One"]))
    says({"refusal": "", "details": {}, "glance": {"title": "a\0\ud800" * 1000, "language": "x" * 1000}})
    found = jobs.check(path, "application/pdf", tmp_path, glance=True)
    assert (set(found.title), found.language) == ({"a"}, "")


def test_a_long_answer_is_not_read_where_somebody_waits(says, stored, tmp_path):
    path = stored(making.pdf_of(["One"]))
    says({"refusal": "", "details": {"name": "x" * sandbox.SHORT}})
    with pytest.raises(TooLargeError):
        jobs.check(path, "application/pdf", tmp_path)


def test_child_that_crashes_is_an_error(tmp_path, monkeypatch):
    program = tmp_path / "crash"
    program.write_text("#!/bin/sh\nkill -SEGV $$\n")
    program.chmod(0o700)
    monkeypatch.setattr(sandbox.sys, "executable", str(program))
    with pytest.raises(CrashedError):
        sandbox.run("text", tmp_path, Limits(), {})
