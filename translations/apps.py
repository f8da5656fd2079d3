from django.apps import AppConfig


class TranslationsConfig(AppConfig):
    """The translation workbench on wagtail-localize: jobs from a frozen source, drafts, review."""

    name = "translations"
    verbose_name = "Translations"

    def ready(self) -> None:
        from translations.erasures import register_step  # models must be loaded before it

        register_step()
