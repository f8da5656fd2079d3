from django.apps import AppConfig


class GlossaryConfig(AppConfig):
    """The glossary and its terms."""

    name = "cms.glossary"
    label = "glossary"
    verbose_name = "Glossary"

    def ready(self) -> None:
        from cms.glossary.registration import register  # models must be loaded

        register()
