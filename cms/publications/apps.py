from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    """Publications with their files."""

    name = "cms.publications"
    label = "publications"
    verbose_name = "Publications"

    def ready(self) -> None:
        from cms.publications.registration import register  # models must be loaded

        register()
