"""Whatever happens on the way, index and database are equal in the end, key by key and field by field.

Random edits of real pages against a worker that is killed anywhere, an engine that fails single things, takes no more,
doesn't answer, is read-only, or gets a write long after it was given up, with rebuilds and ways back in between.
Meanwhile searches are answered, and count nothing that a stranger may not see by now.
A dozen edits in each run, two thousand in a deep one (FAULT_EDITS).
"""

from __future__ import annotations

import random
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from access.visitor import Visitor
from search import outbox, rebuilding, registry, results
from search.engines import get_engine
from search.engines.base import ItemResult, Outcome, Role
from search.exceptions import EngineBusyError, EngineUnavailableError, SearchError
from search.models import SearchOutbox, SearchRebuild
from search.parameters import Parameters
from tests import depth
from tests.factories import PlaceFactory, PublicationPageFactory, SectionPageFactory, TopicPageFactory, publish
from tests.search import contents

EDITS = depth.number("FAULT_EDITS", usual=12, deep=2000)
WORDS = ["torture", "prison", "court", "witness", "lantern", "orders", "Folter", "محكمة"]
pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """As ``kill -9``."""


class Weather:
    """Stands before the engine's ``write_to`` and the end of a claim."""

    KINDS = ("fine", "refuses", "busy for one", "busy", "away", "killed before", "killed after", "hangs", "killed late")

    def __init__(self, monkeypatch, chance):
        self.engine, self.chance, self.now = get_engine(), chance, "fine"
        self.write, self.done = self.engine.write_to, outbox._done
        self.hanging = []
        monkeypatch.setattr(self.engine, "write_to", self.write_to)
        monkeypatch.setattr(outbox, "_done", self.end)

    def write_to(self, role, operations):
        kind = self.now
        if kind == "killed before":
            raise Killed
        if kind == "busy":
            raise EngineBusyError("busy")
        if kind == "away":
            raise EngineUnavailableError("away")
        if kind == "hangs":
            self.hanging.append((role, operations))
            raise EngineUnavailableError("too slow")
        bad = self.chance.choice(operations).key if kind in ("refuses", "busy for one") else None
        good = [each for each in operations if each.key != bad]
        name, results = self.write(role, good) if good else (self.engine.targets().get(role, ""), [])
        if kind == "killed after":
            raise Killed
        known = {result.key: result for result in results}
        outcome = Outcome.REFUSED if kind == "refuses" else Outcome.BUSY
        return name, [known.get(each.key) or ItemResult(each.key, outcome, "x") for each in operations]

    def end(self, claims):
        if self.now == "killed late":
            raise Killed
        self.done(claims)

    def let_go(self):
        """What hung arrives now, whatever happened since."""
        for role, operations in self.hanging:
            if role in self.engine.targets():
                self.write(role, operations)
        self.hanging.clear()


class Editor:
    """Changes real pages as people do."""

    def __init__(self, chance):
        self.chance = chance
        self.sections = [SectionPageFactory(published=True) for _ in range(2)]
        self.topics = [TopicPageFactory(published=True, title=f"Topic {n}") for n in range(2)]
        self.places = [PlaceFactory() for _ in range(2)]
        index = PublicationPageFactory(published=True).get_parent()
        self.indexes = [index]
        for section in self.sections:
            more = section.add_child(instance=type(index.specific)(title="More", locale=index.locale, live=False))
            publish(more)
            self.indexes.append(more)
        self.pages = [self.made() for _ in range(4)]

    def title(self):
        return " ".join(self.chance.sample(WORDS, 3))

    def made(self):
        parent = Page.objects.get(pk=self.chance.choice(self.indexes).pk)
        return PublicationPageFactory(
            published=True,
            parent=parent,
            title=self.title(),
            slug=f"page-{uuid.uuid4().hex}",  # titles repeat, and pages move
            topics=[self.chance.choice(self.topics)],
            places=[self.chance.choice(self.places)],
        )

    def page(self):
        return Page.objects.get(pk=self.chance.choice(self.pages).pk).specific

    def edit(self):
        several = (self.new, self.version, self.version, self.move, self.withdraw, self.restrict, self.rename)
        self.chance.choice((*several, self.delete, self.close, self.expire))()

    def new(self):
        self.pages.append(self.made())

    def version(self):
        publish(self.page(), title=self.title(), summary=self.title())

    def withdraw(self):
        self.page().unpublish()

    def delete(self):
        if len(self.pages) > 3:
            page = self.page()
            self.pages = [each for each in self.pages if each.pk != page.pk]
            page.delete()

    def move(self):
        page = self.page()
        target = Page.objects.get(pk=self.chance.choice(self.indexes).pk)
        if page.get_parent().pk != target.pk:
            page.move(target, pos="last-child")

    def restrict(self):
        place = self.chance.choice([*self.indexes, self.page()])
        known = PageViewRestriction.objects.filter(page_id=place.pk).first()
        if known:
            known.delete()
        else:
            rule = PageViewRestriction.objects.create(page_id=place.pk, restriction_type=PageViewRestriction.GROUPS)
            rule.groups.add(Group.objects.order_by("pk").first())

    def close(self):
        """A section is taken down, with all that lies in it, or comes back."""
        section = Page.objects.get(pk=self.chance.choice(self.sections).pk).specific
        if section.live:
            section.unpublish()
        else:
            publish(section)

    def expire(self):
        publish(self.page(), expire_at=timezone.now() + timedelta(days=self.chance.randint(1, 9)))

    def rename(self):
        publish(Page.objects.get(pk=self.chance.choice(self.topics).pk).specific, title=self.title())
        place = self.chance.choice(self.places)
        place.sensitive = not place.sensitive
        place.save()


def work():
    """A worker begins, after the one before it died: what that one held is free again."""
    SearchOutbox.objects.update(claimed_until=None, not_before=None)
    with suppress(Killed, SearchError):
        outbox.drain()


def ask(chance):
    """Somebody without an account searches: what is counted is what is shown, on every page and behind the last."""
    asked, visitor = Parameters(q=chance.choice(WORDS), language="en"), Visitor()
    pages = [results.answer(asked, visitor)]
    for number in range(2, pages[0].pages + 2):
        pages.append(results.answer(replace(asked, page=number), visitor))
    keys = {each.key for page in pages for each in page.results}
    assert not registry.hidden(keys, Visitor())
    assert {(page.total, page.reduced) for page in pages} == {(len(keys), False)}


def rebuild_or_go_back(chance):
    SearchRebuild.objects.filter(state="running").update(beat_at=timezone.now() - timedelta(hours=1))
    try:
        if chance.random() < 0.25:
            rebuilding.roll_back()
        else:
            rebuilding.rebuild(lambda done, total: work())
    except (Killed, SearchError):
        pass


def settle(weather):
    """The weather clears up, and the worker has time."""
    weather.now = "fine"
    for _ in range(8):
        outbox.retry_parked(SearchOutbox.objects.values_list("key", flat=True))
        work()
    assert SearchOutbox.objects.count() == 0


def too_late(editor, weather):
    """What was written when a page said one thing, or was public, arrives when it says another, or is withdrawn."""
    changed, withdrawn = editor.made(), editor.made()
    weather.now = "hangs"
    work()
    weather.now = "fine"
    publish(Page.objects.get(pk=changed.pk).specific, title=editor.title(), summary="The newer words")
    Page.objects.get(pk=withdrawn.pk).specific.unpublish()
    settle(weather)
    assert weather.hanging
    weather.let_go()


def read_only(engine, *, on):
    if engine.name == "elasticsearch":
        index = engine.targets()[Role.CURRENT]
        engine._client.indices.put_settings(index=index, settings={"index.blocks.write": on})


@pytest.fixture
def whole(monkeypatch):
    """Before an index is made."""
    contents.keep_everything(monkeypatch)


@pytest.mark.timeout(max(120, EDITS * 3))
def test_index_and_database_are_equal_in_the_end(whole, everywhere, settings, monkeypatch):
    settings.SEARCH_DRAIN_INLINE = False
    monkeypatch.setattr(registry._registry, "vocabulary", {})  # compounds follow a vocabulary of their own time
    monkeypatch.setattr(rebuilding, "WAITS_WHEN_BUSY", (0, 0))
    chance = random.Random(random.random())  # by the seed that pytest-randomly names
    editor, weather = Editor(chance), Weather(monkeypatch, chance)
    engine = get_engine()
    engine.ensure_schema()
    for number in range(EDITS):
        editor.edit()
        weather.now = chance.choice(Weather.KINDS)
        if chance.random() < 0.4:
            work()
        ask(chance)
        if chance.random() < 0.2:
            weather.let_go()
        if number % 20 == 7:
            rebuild_or_go_back(chance)
        if number % 20 == 11:
            read_only(engine, on=True)
            weather.now = "fine"
            work()
            if everywhere == "elasticsearch":
                assert not SearchOutbox.objects.filter(attempts__gt=5).exists()
            read_only(engine, on=False)
        if number % 200 == 199:
            settle(weather)
    for kind in chance.sample(Weather.KINDS, len(Weather.KINDS)):  # each once, whatever chance chose before
        editor.made()
        weather.now = kind
        work()
    settle(weather)
    too_late(editor, weather)
    assert contents.differing(engine) == {}

    SearchRebuild.objects.filter(state="running").update(beat_at=None)
    rebuilding.rebuild()
    for _ in range(3):
        editor.edit()
        work()
    settle(weather)
    assert contents.differing(engine) == {}
    rebuilding.roll_back()
    settle(weather)
    assert contents.differing(engine) == {}
    gone = set(engine.keys(gone=True))
    assert not gone & set(contents.wanted())
