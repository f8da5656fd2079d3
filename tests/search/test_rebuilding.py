"""A rebuild leaves no gap, can be gone back from, stops at a closed gate, and survives being killed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.utils import timezone

from search import compounds, gates, indexing, outbox, rebuilding, registry
from search.engines import get_engine
from search.engines.base import IndexRow, Role, SearchRequest
from search.exceptions import EngineUnavailableError, IndexLostError, RebuildError, SearchError
from search.languages import searched
from search.matching import plan
from search.models import SearchOutbox, SearchRebuild
from search.query import parse
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
State, Kind = SearchRebuild.State, SearchRebuild.Kind


@pytest.fixture(autouse=True)
def waiting(settings, everywhere):
    settings.SEARCH_DRAIN_INLINE = False


def hits(text=""):
    query = parse(text)
    return get_engine().search(SearchRequest(plan(query, searched()), None, match_all=query.is_blank)).total


def last():
    return SearchRebuild.objects.first()


class Killed(BaseException):
    """As ``kill -9``: nothing cleans up after it."""


def kill_at(monkeypatch, owner, name):
    def killed(*args, **options):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, killed)
        patch.setattr(rebuilding, "_clean_up", lambda *args: None)
        with pytest.raises(Killed):
            rebuilding.rebuild()


def dead():
    SearchRebuild.objects.filter(state=State.RUNNING).update(beat_at=timezone.now() - timedelta(hours=1))


def test_whole_story_of_a_rebuild_and_the_way_back(content, publish, monkeypatch, capsys):
    stays, goes = publish("Stays"), publish("Goes")
    before = get_engine().health().target
    seen = []
    rebuilding.rebuild(lambda done, total: seen.append((done, total)))
    assert seen == [(2, 2)] and hits() == 2
    row = last()
    assert (row.state, row.done, row.total, row.target) == (State.DONE, 2, 2, get_engine().health().target)
    assert get_engine().health().previous == before

    publish("Later")
    content.remove(goes)
    stays.title = "Corrected"
    outbox.touch([goes.key, stays.key])
    outbox.drain()
    call_command("search_rebuild", "--rollback")
    assert f"{before} is in use again." in capsys.readouterr().out
    assert get_engine().health().target == before
    assert (hits("later"), hits("corrected"), hits("goes"), hits("stays"), hits()) == (1, 1, 0, 0, 2)
    assert (last().kind, last().state) == (Kind.ROLLBACK, State.DONE)
    with pytest.raises(CommandError, match="No index is kept"):
        call_command("search_rebuild", "--rollback")

    # A day later the old one is forgotten, not before.
    rebuilding.rebuild()
    rebuilding.work_off_quietly()
    assert get_engine().health().previous == before
    SearchRebuild.objects.update(ended_at=timezone.now() - rebuilding.KEPT - timedelta(minutes=1))
    rebuilding.work_off_quietly()
    assert get_engine().health().previous == "" and hits() == 2


def test_two_at_once_are_refused_and_the_first_goes_on(content, publish):
    publish("Report")
    refused = []

    def another(done, total):
        with pytest.raises(RebuildError, match="under way"):
            rebuilding.rebuild()
        with pytest.raises(RebuildError, match="under way"):
            rebuilding.roll_back()
        with pytest.raises(RebuildError):
            rebuilding.ask(Kind.REBUILD, UserFactory())
        refused.append(done)

    assert rebuilding.rebuild(another) == 1
    assert refused == [1] and last().state == State.DONE and hits() == 1


def test_killed_rebuild_is_cleaned_up_by_the_worker_or_the_next(content, publish, monkeypatch):
    publish("Report")
    before = get_engine().health().target
    monkeypatch.setattr(registry._registry, "vocabulary", {"x": lambda: [("de", "alte Wörter")]})
    compounds.freeze()
    words = compounds._frozen(compounds.IN_USE)
    monkeypatch.setattr(registry._registry, "vocabulary", {"x": lambda: [("de", "neue Wörter")]})
    kill_at(monkeypatch, gates, "check_samples")
    assert compounds._frozen(compounds.IN_USE) != words
    rebuilding.work_off_quietly()  # it may still be alive
    assert last().state == State.RUNNING and Role.BUILDING in get_engine().targets()
    with pytest.raises(RebuildError):
        rebuilding.rebuild()
    dead()
    rebuilding.work_off_quietly()
    assert last().state == State.INTERRUPTED and get_engine().targets() == {Role.CURRENT: before}
    assert compounds._frozen(compounds.IN_USE) == words

    kill_at(monkeypatch, rebuilding, "_set_right")
    dead()
    assert rebuilding.rebuild() == 1  # the next one cleans up by itself
    assert [row.state for row in SearchRebuild.objects.all()[:2]] == [State.DONE, State.INTERRUPTED]

    # Killed after the change-over: it is done, and the way back stays open.
    kill_at(monkeypatch, rebuilding, "_end")
    dead()
    rebuilding.work_off_quietly()
    assert last().state == State.DONE and Role.PREVIOUS in get_engine().targets() and hits() == 1


def test_one_taken_for_dead_that_lives_changes_nothing(content, publish):
    publish("Report")

    def overtaken(done, total):
        dead()
        rebuilding.clean_up_dead()

    before = get_engine().targets()
    with pytest.raises(SearchError):
        rebuilding.rebuild(overtaken)
    assert last().state == State.INTERRUPTED and get_engine().targets() == before and hits() == 1


def test_gates_stop_the_change_over_with_a_sentence(content, publish, monkeypatch):
    things = [publish(f"Report {n}") for n in range(4)]
    before = get_engine().targets()

    with monkeypatch.context() as patch:  # a source that forgets most of what it has
        patch.setattr(content.sources["publication"], "keys", lambda: iter([things[0].key]))
        with pytest.raises(CommandError, match="has 1 things, the old one 4.*--force.*old index is still in use"):
            call_command("search_rebuild")
        assert get_engine().targets() == before and "--force" in last().reason
    with monkeypatch.context() as patch:  # an analysis that loses the titles
        patch.setattr("search.writing.index_row", lambda *args: _without_words(args[0]))
        with pytest.raises(RebuildError, match="isn't found by the words of its title"):
            rebuilding.rebuild()
    with monkeypatch.context() as patch:  # an engine that forgets who may see
        search = get_engine().search
        patch.setattr(get_engine(), "search", lambda request, **role: search(_for_all(request), **role))
        with pytest.raises(RebuildError, match="without any right"):
            rebuilding.rebuild()
    assert get_engine().targets() == before and hits() == 4 and last().state == State.FAILED

    for thing in things[1:]:
        content.remove(thing)
    call_command("search_rebuild", "--force")
    assert hits() == 1 and get_engine().health().previous == ""


def test_a_thing_that_is_there_for_nobody_stops_no_rebuild(content, publish):
    publish("Report", acl=frozenset({"nobody"}))
    rebuilding.rebuild()
    assert last().state == State.DONE


def _without_words(document):
    return IndexRow(
        kind=document.kind,
        locale=document.locale,
        translation_key=document.translation_key,
        acl=tuple(document.acl),
        live_to=None,
        published=document.published,
        updated=document.updated,
        facets={},
        fields={},
    )


def _for_all(request):
    return replace(request, tokens=None)


def test_what_is_refused_waits_on_the_outbox_and_one_does_not_stop_the_rebuild(content, publish):
    publish("Report")
    broken = content.add("Broken")
    content.sources["publication"].broken = {broken.key}
    rebuilding.rebuild()
    assert hits() == 1 and SearchOutbox.objects.filter(key=broken.key).exists()


def test_what_the_old_index_refused_is_tried_again_by_the_new_one(content, publish):
    refused = publish("Report")
    SearchOutbox.objects.create(key=refused.key, attempts=5, parked=True)
    rebuilding.rebuild()
    assert not SearchOutbox.objects.filter(parked=True).exists()
    outbox.drain()
    assert not SearchOutbox.objects.exists()


def test_another_analysis_since_means_that_all_is_written_again(content, publish, monkeypatch):
    things = [publish(f"Report {n}") for n in range(3)]
    with monkeypatch.context() as patch:
        patch.setattr(get_engine(), "stamp", lambda: "newer")
        rebuilding.rebuild()
    rebuilding.roll_back()
    assert set(SearchOutbox.objects.values_list("key", flat=True)) == {thing.key for thing in things}


def test_asked_for_by_a_person_and_done_by_the_worker(content, publish):
    publish("Report")
    user = UserFactory()
    rebuilding.ask(Kind.REBUILD, user)
    with pytest.raises(RebuildError):
        rebuilding.ask(Kind.ROLLBACK, user)
    rebuilding.work_off_quietly()
    assert (last().state, last().asked_by, last().done) == (State.DONE, user, 1)
    rebuilding.ask(Kind.ROLLBACK, user)
    rebuilding.work_off_quietly()
    assert (last().state, last().kind, last().target) == (State.DONE, Kind.ROLLBACK, get_engine().health().target)


def test_two_workers_that_take_the_same_request_do_it_once(content, publish, monkeypatch):
    publish("Report")
    rebuilding.ask(Kind.REBUILD, UserFactory())
    first, second = last(), last()
    refused = []

    def renew(progress):
        if not refused:
            refused.append(progress)
            with pytest.raises(RebuildError):
                rebuilding.rebuild(row=second)
        return 0

    monkeypatch.setattr(registry._registry, "renewals", {"files": renew})
    assert rebuilding.rebuild(row=first) == 1 and last().state == State.DONE
    with pytest.raises(RebuildError):
        rebuilding.rebuild(row=second)
    assert last().state == State.DONE and get_engine().health().target == last().target


def test_signs_of_life_are_given_while_the_tokens_of_files_are_renewed(content, publish, monkeypatch):
    alive = []

    def renew(progress):
        progress()
        dead()
        progress()
        alive.append(not last().is_dead(timezone.now()))
        return 0

    monkeypatch.setattr(registry._registry, "renewals", {"files": renew})
    rebuilding.rebuild()
    monkeypatch.setattr(rebuilding, "BEAT_EVERY", timedelta())
    rebuilding.rebuild()
    assert alive == [False, True]


@pytest.mark.parametrize("stalled", ["renewing", "filling"])
def test_one_that_stalled_leaves_the_index_of_the_next_alone(content, publish, monkeypatch, stalled):
    publish("Report")
    following = []

    def overtaken(*args):
        if not following:
            dead()
            rebuilding.clean_up_dead()
            following.append(rebuilding._begin(SearchRebuild()))
            rebuilding._start(get_engine(), following[0])
        return 0

    if stalled == "renewing":
        monkeypatch.setattr(registry._registry, "renewals", {"files": overtaken})
    with pytest.raises(RebuildError):
        rebuilding.rebuild(overtaken)
    assert get_engine().targets()[Role.BUILDING] == following[0].target
    assert [row.state for row in SearchRebuild.objects.all()] == [State.RUNNING, State.INTERRUPTED]


def test_what_a_killed_one_made_before_it_noted_it_is_cleaned_up(content, publish, monkeypatch):
    publish("Report")
    kill_at(monkeypatch, compounds, "freeze")
    assert last().target == "" and Role.BUILDING in get_engine().targets()
    dead()
    rebuilding.work_off_quietly()
    assert last().state == State.INTERRUPTED and Role.BUILDING not in get_engine().targets()


def test_an_engine_that_is_away_for_a_moment_is_waited_for_and_a_lost_index_is_not(content, publish, monkeypatch):
    publish("Report")
    monkeypatch.setattr(rebuilding, "WAITS_WHEN_BUSY", (0, 0, 0))
    engine = get_engine()
    write = engine.write_to
    troubles = []

    def troubled(role, operations):
        if role == Role.BUILDING and troubles:
            raise troubles.pop()
        return write(role, operations)

    monkeypatch.setattr(engine, "write_to", troubled)
    troubles += [EngineUnavailableError("away")] * 2
    assert rebuilding.rebuild() == 1 and hits() == 1 and troubles == []
    troubles += [EngineUnavailableError("away")] * 4
    with pytest.raises(EngineUnavailableError, match="away"):
        rebuilding.rebuild()
    troubles += [EngineUnavailableError("not asked for"), IndexLostError("gone")]
    with pytest.raises(IndexLostError):
        rebuilding.rebuild()
    assert len(troubles) == 1


def test_a_sweep_that_fails_at_the_end_undoes_nothing(content, publish, monkeypatch, capsys, caplog):
    publish("Report")

    def down():
        raise EngineUnavailableError("down")

    monkeypatch.setattr(rebuilding, "sweep", down)
    call_command("search_rebuild")
    assert "1 things indexed." in capsys.readouterr().out and last().state == State.DONE
    assert "search_sweep_waits" in [getattr(record, "event", "") for record in caplog.records]
    call_command("search_rebuild", "--rollback")
    assert "is in use again." in capsys.readouterr().out and last().state == State.DONE


def test_other_rows_want_a_rebuild_as_another_analysis_does(content, tmp_path, monkeypatch):
    """A row is made of what a source gives, by ``search.indexing``."""
    before, engine = get_engine().stamp(), get_engine()
    with monkeypatch.context() as patch:
        changed = tmp_path / "indexing.py"
        changed.write_text(Path(indexing.__file__).read_text() + "# changed")
        patch.setattr(indexing, "__file__", str(changed))
        assert engine.stamp() != before
    assert engine.stamp() == before
    monkeypatch.setattr(indexing, "source_files", lambda: (tmp_path / "indexing.py",))
    assert engine.stamp() != before


def test_the_sources_are_the_modules_that_fill_the_index():
    assert {path.relative_to(configured.BASE_DIR).as_posix() for path in indexing.source_files()} == {
        f"cms/{name}/search.py" for name in ("cases", "core", "glossary", "publications", "topics")
    }
