"""Set-up by code, system checks, the fingerprint of content, and the mirror of the log."""

import json
import logging

import pytest
from django.apps import apps
from django.db.models.signals import post_migrate
from wagtail.models import Locale, Page, Task, Workflow, WorkflowPage

from access.logs import JsonFormatter
from home.models import HomePage
from tests.factories import PublicationPageFactory, SectionPageFactory, publish
from workflows import checks
from workflows.content import content_hash
from workflows.models import ReviewTask, WorkflowChoice
from workflows.setup import ensure_workflows

pytestmark = pytest.mark.django_db


def steps():
    return {
        workflow.name: [
            (task.name, list(task.specific.groups.values_list("name", flat=True))) for task in workflow.tasks
        ]
        for workflow in Workflow.objects.all()
    }


class TestSetup:
    def test_the_workflows(self):
        found = steps()
        assert found.pop("Editorial review") == [("Editorial review", ["Editors"])]
        assert found.pop("Editorial and legal review") == [
            ("Editorial review (first of two)", ["Editors"]),
            ("Legal review", ["Legal review"]),
        ]
        for code in Locale.objects.values_list("language_code", flat=True):
            name = f"Translation review ({code})"
            assert found.pop(name) == [(name, [name])]

    def test_every_tree_has_the_standard_workflow(self):
        pages = HomePage.objects.filter(depth=2)
        assert pages.count() == 5
        assert {page.workflowpage.workflow.name for page in pages} == {"Editorial review"}

    def test_again_changes_nothing(self):
        before = steps(), WorkflowPage.objects.count(), Task.objects.count()
        ensure_workflows()
        for config in apps.get_app_configs():
            post_migrate.send(sender=config, app_config=config, using="default", verbosity=0, interactive=False)
        assert (steps(), WorkflowPage.objects.count(), Task.objects.count()) == before

    def test_a_renamed_workflow_stays(self):
        Workflow.objects.filter(name="Editorial review").update(name="Lektorat")
        ensure_workflows()
        assert not Workflow.objects.filter(name="Editorial review").exists()
        assert SectionPageFactory().get_workflow().name == "Lektorat"

    def test_a_new_language_and_a_new_tree(self):
        locale = Locale.objects.create(language_code="pt")
        assert WorkflowChoice.objects.filter(purpose="translation", locale=locale).exists()
        root = Page.get_first_root_node()
        tree = root.add_child(instance=HomePage(title="Início", slug="pt", locale=locale, live=False))
        assert tree.get_workflow().name == "Editorial review"

    def test_names(self):
        assert str(WorkflowChoice.objects.get(purpose="legal")) == "legal"
        assert "neither wrote" in str(ReviewTask.get_description())


class TestChecks:
    def test_all_page_types_stand_behind_the_gate(self):
        assert checks.check_page_types(None) == []

    def test_a_page_type_past_the_gate(self, monkeypatch):
        monkeypatch.setattr(checks, "ApprovalGateMixin", WorkflowChoice)
        assert {error.id for error in checks.check_page_types(None)} == {"workflows.E001"}

    def test_a_workflow_without_a_step(self):
        assert checks.check_workflows(None, databases=["default"]) == []
        Workflow.objects.create(name="Empty")
        (error,) = checks.check_workflows(None, databases=["default"])
        assert error.id == "workflows.E002"
        assert checks.check_workflows(None) == []

    def test_before_the_tables_exist(self, monkeypatch):
        monkeypatch.setattr(checks, "_has_table", lambda name: False)
        assert checks.check_workflows(None, databases=["default"]) == []


class TestContentHash:
    def test_the_same_for_a_revision_and_its_row(self):
        page = PublicationPageFactory(published=True, authors=["A", "B"])
        row = type(page).objects.get(pk=page.pk)
        assert content_hash(row.serializable_data()) == content_hash(page.live_revision.content)

    @pytest.mark.parametrize("field", ["title", "slug", "summary", "go_live_at", "expire_at", "body"])
    def test_what_readers_see_counts(self, field):
        content = {"title": "T", "pk": 1, "body": "[]"}
        assert content_hash(content) != content_hash(content | {field: "other"})

    @pytest.mark.parametrize("field", ["pk", "path", "live", "locked", "owner", "wagtail_admin_comments"])
    def test_bookkeeping_does_not(self, field):
        content = {"title": "T", "pk": 1}
        assert content_hash(content) == content_hash(content | {field: "other"})

    def test_child_rows(self):
        rows = [{"pk": 1, "name": "A", "sort_order": 0}, {"pk": 2, "name": "B", "sort_order": 1}]
        base = content_hash({"people": rows})
        assert content_hash({"people": [row | {"pk": None} for row in reversed(rows)]}) == base
        assert content_hash({"people": [rows[0] | {"sort_order": 1}, rows[1] | {"sort_order": 0}]}) != base
        assert content_hash({"people": rows[:1]}) != base

    def test_streams_by_value_and_other_brackets_as_text(self):
        assert content_hash({"body": '[{"a": 1, "b": 2}]'}) == content_hash({"body": '[{"b":2,"a":1}]'})
        assert content_hash({"title": "[sic"}) != content_hash({"title": "[sic]"})


class TestAudit:
    def test_every_entry_is_mirrored_without_titles(self, people, django_capture_on_commit_callbacks, caplog):
        page = SectionPageFactory(title="Secret witness")
        logger = logging.getLogger("workflows.audit")
        logger.addHandler(caplog.handler)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                publish(page, title="Secret witness two")
        finally:
            logger.removeHandler(caplog.handler)
        lines = [JsonFormatter().format(r) for r in caplog.records if r.name == "workflows.audit"]
        events = [json.loads(line)["event"] for line in lines]
        assert "wagtail.publish" in events
        assert not [line for line in lines if "witness" in line.lower()]
        assert {json.loads(line)["object_id"] for line in lines} == {str(page.pk)}

    def test_it_goes_to_stdout_as_json(self, settings):
        handler = settings.LOGGING["handlers"]["audit"]
        assert (handler["formatter"], handler["stream"]) == ("json", "ext://sys.stdout")
