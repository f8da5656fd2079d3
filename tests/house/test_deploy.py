"""The scripts of deploy/: supervisor, logs, pins, template rules, services."""

import importlib.util
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(path: str):
    """A script of deploy/ as a module."""
    name = Path(path).name.removesuffix(".py").replace(".", "_")
    spec = importlib.util.spec_from_file_location(name, ROOT / "deploy" / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


SUPERVISED = """
import sys
sys.path.insert(0, {deploy!r})
import serve
supervisor = serve.Supervisor("127.0.0.1", 1)
supervisor.commands = {{
    "web": [sys.executable, "-c", "import time; time.sleep({web})"],
    "worker": [sys.executable, "-c", "open({log!r}, 'a').write('started\\\\n'); import time; time.sleep({worker})"],
}}
sys.exit(supervisor.run([]))
"""


def supervise(tmp_path, web: float, worker: float) -> tuple[subprocess.Popen, Path]:
    log = tmp_path / "log"
    code = SUPERVISED.format(deploy=str(ROOT / "deploy"), web=web, worker=worker, log=str(log))
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True), log


def wait_for(condition, seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_a_worker_that_ends_is_started_again(tmp_path):
    process, log = supervise(tmp_path, web=60, worker=0)
    try:
        assert wait_for(lambda: log.exists() and len(log.read_text().splitlines()) >= 2)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=15)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_both_processes_with_success(tmp_path, number):
    process, log = supervise(tmp_path, web=60, worker=60)
    assert wait_for(log.exists)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("this system does not list child processes in /proc")
    pids = [int(pid) for pid in children.read_text().split()]
    process.send_signal(number)
    process.communicate(timeout=15)
    assert process.returncode == 0
    assert len(pids) == 2
    assert wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


def test_all_ends_with_the_web_server(tmp_path):
    process, _log = supervise(tmp_path, web=1, worker=60)
    output, _ = process.communicate(timeout=20)
    assert process.returncode != 0
    assert "web server ended" in output


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("archive.example.org", False)],
)
def test_only_loopback_serves_demo_logins(host, expected):
    assert load("serve.py").is_loopback(host) is expected


def test_gunicorn_logs_neither_address_nor_query(caplog):
    from gunicorn.config import Config

    logger = load("gunicorn.conf.py").SilentAboutReaders(Config())
    logger.error_log.propagate = True
    with caplog.at_level(logging.WARNING):
        logger.warning("Invalid request from ip=198.51.100.7: bad")
        logger.exception("Error handling request %s", "/en/search/?q=secret")
        logger.warning("Worker failed to boot.")
    assert "198.51.100.7" not in caplog.text
    assert "secret" not in caplog.text
    assert "Error handling request" in caplog.text
    assert "Worker failed to boot." in caplog.text


def test_gunicorn_keeps_no_access_log():
    assert load("gunicorn.conf.py").accesslog is None


def test_licences_unknown_wrong_missing_and_left_over_are_named(monkeypatch):
    licences = load("checks/licences.py")
    known = {"Django": "BSD-3-Clause", "wagtail": "BSD-3-Clause", "boto3": "MIT", "spy": "Proprietary"}
    monkeypatch.setattr(licences, "stated", known.get)
    table = "| package | licence | what for |\n| Django | BSD-3-Clause | a |\n| boto3 | Apache-2.0 | a |\n| old | MIT | a |\n"
    wrong = licences.compare(table, ["Django>=5.2", "wagtail>=8", "boto3", "spy"])
    assert [line.partition(":")[0] for line in wrong] == ["old", "wagtail", "boto3", "spy"]


def test_pins_out_of_range_missing_and_left_over_are_named(tmp_path):
    pinned = tmp_path / "requirements.txt"
    pinned.write_text("django==4.2\n    # via dossier (pyproject.toml)\nold==1\n    # via dossier (pyproject.toml)\n")
    wrong = load("checks/pins.py").compare("r.txt", pinned, ["Django>=5.2,<5.3", "wagtail>=8"])
    assert len(wrong) == 3
    assert any("django is pinned at 4.2" in line for line in wrong)
    assert any("wagtail is not pinned" in line for line in wrong)
    assert any("old is pinned" in line for line in wrong)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<p style="color: red">',
        '<a onclick="x()">',
        "<style>p {}</style>",
        '<a href="javascript:void(0)">',
        '<script src="https://cdn.example.org/x.js"></script>',
        '{% trans "x" %}',
    ],
)
def test_template_rules_refuse(tmp_path, text):
    path = tmp_path / "x.html"
    path.write_text(f"\n{text}\n")
    assert load("checks/templates.py").findings(path)[0].startswith(f"{path}:2: ")


@pytest.mark.parametrize(
    "text",
    [
        "<script src=\"{% static 'x.js' %}\" defer></script>",
        '<script type="application/ld+json">{}</script>',
        '{% comment "text/markdown" %} <p style="x"> {% endcomment %}',
        '<p class="lead">{% translate "x" %}</p>',
    ],
)
def test_template_rules_allow(tmp_path, text):
    path = tmp_path / "x.html"
    path.write_text(text)
    assert load("checks/templates.py").findings(path) == []


@pytest.mark.parametrize(("mode", "expected"), [(0o755, True), (0o711, True), (0o700, False), (0o750, False)])
def test_services_know_folders_that_other_users_cannot_pass(mode, expected):
    services = load("services/services.py")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(mode)
        assert services.searchable_by_all(Path(folder) / "var/services") is expected


def test_services_print_what_answers_only(monkeypatch):
    services = load("services/services.py")
    for server in services.SERVERS:
        object.__setattr__(server, "answers", lambda port, name=server.name: name == "Redis")
    assert services.variables() == {
        "CACHE_URL": "redis://127.0.0.1:56379/0",
        "TEST_REDIS_URL": "redis://127.0.0.1:56379/0",
    }


def test_shell_scripts_parse():
    scripts = [*(ROOT / "deploy").rglob("*.sh"), ROOT / ".ci/run"]
    assert len(scripts) >= 5
    for script in scripts:
        subprocess.run(["bash", "-n", str(script)], check=True)
        assert os.access(script, os.X_OK), script
