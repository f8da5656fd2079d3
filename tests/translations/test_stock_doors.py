"""wagtail-localize's own screens, each of which publishes or tells past our rules: all shut, GET and POST."""

import pytest
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail_localize.models import LocaleSynchronization
from wagtail_localize.operations import translate_object

from cms.publications.models import PublicationPage
from translations import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(report, german, editor):
    return actions.request_translation(report, german, editor)


STOCK = {
    "submit_page_translation": lambda job: [job.source_page().pk],
    "update_translations": lambda job: [job.translation.source_id],
    "edit_string_translation": lambda job: [job.translation.pk, job.translation.source.stringsegment_set.first().pk],
    "download_pofile": lambda job: [job.translation.pk],
    "upload_pofile": lambda job: [job.translation.pk],
    "machine_translate": lambda job: [job.translation.pk],
    "preview_translation": lambda job: [job.translation.pk],
    "stop_translation": lambda job: [job.translation.pk],
    "convert_to_alias": lambda job: [job.target_page().pk],
    "translations_report": lambda job: [],
    "translations_report_results": lambda job: [],
    "snippets_api_listing": lambda job: ["cms_core", "place"],
}


@pytest.mark.parametrize("who", ["admin", "editor", "translator"])
@pytest.mark.parametrize("name", STOCK)
def test_every_stock_screen_is_shut(request, client, job, name, who):
    client.force_login(request.getfixturevalue(who))
    url = reverse(f"wagtail_localize:{name}", args=STOCK[name](job))
    before = list(
        Page.objects.order_by("pk").values("pk", "title", "live", "alias_of", "live_revision", "latest_revision")
    )
    for answer in (client.get(url), client.post(url, {"publish": "on", "locales": [2]})):
        assert answer.status_code == 404 or answer.url == reverse("translations:request", args=[job.source_page().pk])
    after = list(
        Page.objects.order_by("pk").values("pk", "title", "live", "alias_of", "live_revision", "latest_revision")
    )
    assert after == before


def test_a_translated_page_opens_in_our_workbench(client, job, translator):
    client.force_login(translator)
    response = client.get(reverse("wagtailadmin_pages:edit", args=[job.target_page().pk]))
    assert response.url == reverse("translations:edit", args=[job.translation.uuid])


@pytest.mark.parametrize("action", ["localize-convert-to-alias", "localize-restart-translation", "action-publish"])
def test_a_post_to_the_stock_editor_changes_nothing(client, job, translator, action):
    client.force_login(translator)
    target = job.target_page()
    client.post(reverse("wagtailadmin_pages:edit", args=[target.pk]), {action: "", "title": "Hijacked", "slug": "x"})
    after = Page.objects.get(pk=target.pk)
    assert not after.live
    assert after.alias_of_id is None
    assert after.latest_revision_id == target.latest_revision_id


def test_translate_object_publishes_nothing(report, german, editor):
    translate_object(report, [german], user=editor)
    assert not PublicationPage.objects.filter(locale=german, live=True).exists()


def test_tree_sync_makes_no_live_copies(report, german):
    french = Locale.objects.get(language_code="fr")
    live_before = set(Page.objects.filter(live=True).values_list("pk", flat=True))
    try:
        LocaleSynchronization.objects.create(locale=french, sync_from=report.locale)
    except Exception as err:  # noqa: BLE001  # whatever refuses it is fine, as long as it is refused
        assert "approv" in str(err).lower()
    assert set(Page.objects.filter(live=True).values_list("pk", flat=True)) <= live_before


def test_the_locale_screen_offers_no_tree_sync(client, admin, german):
    client.force_login(admin)
    page = client.get(reverse("wagtaillocales:edit", args=[german.pk])).content.decode()
    assert "sync_from" not in page


def test_the_menu_offers_no_report_of_all_titles(client, admin, job):
    client.force_login(admin)
    assert (
        reverse("wagtail_localize:translations_report") not in client.get(reverse("wagtailadmin_home")).content.decode()
    )


def test_strangers_to_the_language_get_404(client, job, arabic_translator):
    client.force_login(arabic_translator)
    assert client.get(reverse("translations:edit", args=[job.translation.uuid])).status_code == 404
    assert client.post(reverse("translations:edit", args=[job.translation.uuid]), {"submit": ""}).status_code == 404


def test_a_draft_source_is_404_for_translators_who_were_not_asked(client, report, translator):
    report.unpublish()
    client.force_login(translator)
    assert client.get(reverse("translations:request", args=[report.pk])).status_code == 404
