"""What the people of the stories do in the admin, and what a stranger gets: the steps that stories share."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from email.message import Message


def fetch(product, path: str) -> tuple[int, str]:
    """Status and body that an anonymous stranger gets."""
    try:
        with urllib.request.urlopen(product.url + path, timeout=20) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")


def head(product, path: str) -> Message:
    """The headers that an anonymous stranger gets."""
    request = urllib.request.Request(product.url + path, method="HEAD")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.headers


def find(product, query: str, language: str = "en") -> dict:
    """What the public search API answers."""
    words = urllib.parse.urlencode({"q": query, "lang": language})
    return json.loads(fetch(product, f"/api/v1/search?{words}")[1])


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Waits for what the worker does by itself; fails after ``seconds``."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.25)


def upload(page, path, title: str, language: str) -> str:
    """Adds a document as a person would; returns its series UUID."""
    page.goto("/admin/documents/add/")
    page.fill("input[name=title]", title)
    page.set_input_files("input[name=file]", str(path))
    page.select_option("select[name=language]", language)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"/admin/documents/$"))
    return page.get_by_role("link", name=title).first.get_attribute("href") or ""


def begin_publication(page, title: str) -> str:
    """Opens the form of a new English publication and gives it a title; the primary key of the list that it lies below."""
    index = page.request.get("/admin/api/main/pages/?type=publications.PublicationIndexPage&locale=en").json()
    parent = next(item["id"] for item in index["items"] if item["meta"]["type"] == "publications.PublicationIndexPage")
    page.goto(f"/admin/pages/add/publications/publicationpage/{parent}/")
    page.fill("[name=title]", title)
    return str(parent)


def choose_document(page, title: str | re.Pattern[str], number: int = 0) -> None:
    """Picks the document ``title`` in the files panel of a page; a pattern is looked for in the whole row of the chooser."""
    page.locator("#id_files-ADD").click()
    row = page.locator(f"#inline_child_files-{number}")
    row.get_by_role("button", name=re.compile("Choose")).first.click()
    page.locator(".modal").get_by_role("row", name=title).get_by_role("link").first.click()
    page.wait_for_selector(".modal", state="hidden")


def submit(page) -> None:
    """Submits the page of the open editor; its address says nothing, because autosave changes it at any moment."""
    page.locator("button[name=action-submit]").last.evaluate("button => button.click()")
    page.get_by_text("submitted for moderation").first.wait_for()


def open_review(page, title: str) -> None:
    """Opens what waits for this person, from their home screen."""
    page.goto("/admin/")
    page.get_by_role("link", name=title).first.click()
    page.wait_for_load_state()
    page.goto(page.locator('a[href*="/approval/review/"]').first.get_attribute("href") or "")


def approve(page, title: str) -> None:
    """Approves what waits for this person, from their home screen."""
    open_review(page, title)
    # Not before the worker has read a new file and looked into it.
    until(lambda: page.locator("button[value=approve]").is_enabled() or (page.reload() and False), 60)
    page.get_by_label("Comment").fill("Checked.")
    page.locator("button[value=approve]").click()
    page.wait_for_url(re.compile("/admin/$"))
