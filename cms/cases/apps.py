from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases: the reference page."""

    name = "cms.cases"
    label = "cases"
    verbose_name = "Cases"

    def ready(self) -> None:
        from cms.cases.registration import register  # models must be loaded

        register()
