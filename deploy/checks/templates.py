"""Compiles every template with Django's engine, and applies rules that no linter knows, with their reasons.

- No inline script, style or event handler: the content security policy refuses them (JSON in a script element is data).
- No remote script, style or image: nothing is asked of another host.
- Placeholders in ``blocktranslate`` have names by construction; ``trans``/``blocktrans`` are the old names: use the new.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import django
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parent.parent.parent

RULES = (
    (
        re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"(?:application/(?:ld\+)?json|text/template)\")", re.I),
        "inline script",
    ),
    (re.compile(r"<style\b", re.I), "inline style element"),
    (re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.I), "style attribute"),
    (re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.I), "inline event handler"),
    (re.compile(r"(?:href|src)\s*=\s*[\"']\s*javascript:", re.I), "javascript: address"),
    (
        re.compile(r"<(?:script|img|iframe|link)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.I),
        "request to another host",
    ),
    (re.compile(r"{%-?\s*(?:end)?(?:trans|blocktrans)\s"), "trans/blocktrans: write translate/blocktranslate"),
)


def findings(path: Path) -> list[str]:
    """``path:line: what`` for each place in ``path`` that breaks a rule; comments of templates don't count."""
    text = path.read_text()
    text = re.sub(
        r"{%\s*comment.*?{%\s*endcomment\s*%}", lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL
    )
    found = []
    for rule, what in RULES:
        found += [f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {what}" for match in rule.finditer(text)]
    return found


def compiled(path: Path) -> list[str]:
    """Why ``path`` can't be compiled, or nothing. Raises nothing: what it extends is found when it is rendered."""
    try:
        get_template(path.as_posix().rsplit("/templates/", 1)[1])
    except (TemplateSyntaxError, TemplateDoesNotExist) as err:
        return [f"{path}: {err}"]
    return []


def main() -> int:
    """Checks the templates named as arguments. Returns the exit code."""
    sys.path.insert(0, str(ROOT))
    django.setup()
    found = [line for name in sys.argv[1:] for line in [*findings(Path(name)), *compiled(Path(name))]]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
