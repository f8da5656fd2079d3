from django.apps import AppConfig


class CmsCoreConfig(AppConfig):
    """What all page types share: base page, taxonomy, blocks, base templates."""

    name = "cms.core"
    label = "cms_core"
    verbose_name = "Content"

    def ready(self) -> None:
        from access.roles import EDITORS, grant_on_model  # models must be loaded
        from cms.core.hits import (
            publication_kind_names,
            read_pages,
            visible_keys,
        )
        from cms.core.reduced import find_pages
        from cms.core.search import place_names, place_terms, title_words
        from cms.core.signal_handlers import register_signal_handlers
        from cms.core.subjects import PageSubjects
        from cms.core.vocabulary import successors
        from search import facet_values, registry

        for model in ("place", "workkind", "publicationkind"):
            grant_on_model(EDITORS, "cms_core", model, ("add", "change"))
        facet_values.register_names("place", place_names)
        facet_values.register_names("publication_kind", publication_kind_names)
        facet_values.register_successors(["topic", "place", "publication_kind"], successors)
        registry.register_terms("places", place_terms)
        registry.register_page_reader(read_pages)
        registry.register_reduced_finder(find_pages)
        registry.register_subjects(PageSubjects())
        registry.register_visible(visible_keys)
        registry.register_vocabulary("titles", title_words)
        register_signal_handlers()
