from django.apps import AppConfig


class HomeConfig(AppConfig):
    """Composes the site: home page, machine addresses, set-up, demo content. Imported by no one."""

    name = "home"
    label = "home"
    verbose_name = "Home"

    def ready(self) -> None:
        from home.signal_handlers import register_signal_handlers  # models must be loaded

        register_signal_handlers()
