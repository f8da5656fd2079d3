from django.apps import AppConfig


class TopicsConfig(AppConfig):
    """Topics and their pages."""

    name = "cms.topics"
    label = "topics"
    verbose_name = "Topics"

    def ready(self) -> None:
        from cms.topics.registration import register  # models must be loaded

        register()
