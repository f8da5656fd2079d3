"""The gettext catalogues in ``locale/``: compile, update from the code, check that nothing is missing.

python deploy/catalogues.py compile     .po -> .mo, without gettext, so that a newcomer's machine needs none
python deploy/catalogues.py update      new strings of the code into every catalogue
python deploy/catalogues.py check       names every string that a language lacks, and what gettext finds wrong; exit code 1 if there is anything
"""

from __future__ import annotations

import argparse
import gettext
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
APPS = ("access", "cms", "documents", "home", "search", "settings", "translations", "workflows")
LANGUAGES = ("de", "fr", "es", "ar")  # English is the language of the msgids
SHOWN = 10


def catalogue(language: str) -> Path:
    """The path of a language's catalogue."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def compile_all() -> None:
    """Writes each ``.mo`` that is older than its ``.po``, or than this."""
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        changed = max(source.stat().st_mtime, Path(__file__).stat().st_mtime)
        if not target.exists() or target.stat().st_mtime < changed:
            entries = polib.pofile(str(source))
            entries.extend(singulars(entries))
            entries.save_as_mofile(str(target))


def singulars(entries: polib.POFile) -> list[polib.POEntry]:
    """What is counted, by itself: Python 3.11 finds no translation of a counted word that is asked for without a number."""
    one = gettext.c2py(entries.metadata["Plural-Forms"].partition("plural=")[2].rstrip("; "))(1)
    return [
        polib.POEntry(msgid=entry.msgid, msgctxt=entry.msgctxt, msgstr=entry.msgstr_plural[one])
        for entry in entries.translated_entries()
        if entry.msgid_plural
    ]


def update() -> None:
    """Runs Django's ``makemessages`` for every language. Raises SystemExit without gettext."""
    _need_gettext()
    for language in LANGUAGES:
        catalogue(language).parent.mkdir(parents=True, exist_ok=True)
    languages = [argument for language in LANGUAGES for argument in ("--locale", language)]
    ignored = [argument for name in (".venv", "var", "tests", "bench", "deploy") for argument in ("--ignore", name)]
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", *languages, *ignored, "--no-location", "--no-wrap"],
        cwd=ROOT,
        check=True,
    )


def extracted() -> set[tuple[str, str]]:
    """(context, msgid) of every string in the code, taken in a folder of its own so that nothing here changes."""
    _need_gettext()
    with tempfile.TemporaryDirectory() as folder:
        for app in APPS:
            shutil.copytree(
                ROOT / app, Path(folder) / app, ignore=shutil.ignore_patterns("static", "__pycache__", "*.pdf", "*.png")
            )
        (Path(folder) / "locale").mkdir()
        environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "--locale", "xx", "--verbosity", "0"],
            cwd=folder,
            env=environ,
            check=True,
        )
        path = Path(folder) / "locale/xx/LC_MESSAGES/django.po"
        return {(entry.msgctxt or "", entry.msgid) for entry in polib.pofile(str(path))} if path.exists() else set()


def missing(language: str, wanted: set[tuple[str, str]]) -> list[str]:
    """The strings of ``wanted`` that ``language`` doesn't translate."""
    path = catalogue(language)
    entries = polib.pofile(str(path)).translated_entries() if path.exists() else []
    return sorted(msgid for _context, msgid in wanted - {(entry.msgctxt or "", entry.msgid) for entry in entries})


def faults(language: str) -> str:
    """What gettext finds wrong in a catalogue: its form, the number of plurals, placeholders. Empty for nothing."""
    command = ["msgfmt", "--check", f"--output-file={os.devnull}", str(catalogue(language))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


def check() -> int:
    """Prints what is wrong and what is missing per language. Returns the exit code."""
    wanted = extracted()
    complete = True
    for language in LANGUAGES:
        if wrong := faults(language):
            complete = False
            print(wrong)
        lacking = missing(language, wanted)
        if lacking:
            complete = False
            print(f"{language}: {len(lacking)} of {len(wanted)} strings are not translated, such as")
            for msgid in lacking[:SHOWN]:
                print(f"    {msgid!r}")
    return 0 if complete else 1


def _need_gettext() -> None:
    if not shutil.which("xgettext"):
        raise SystemExit("xgettext was not found. Install gettext (Debian: apt-get install gettext).")


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["compile", "update", "check"])
    command = parser.parse_args().command
    if command == "check":
        return check()
    if command == "update":
        update()
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
