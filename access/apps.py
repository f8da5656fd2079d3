from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Who may do what: users, roles, and the one rule of which pages a visitor may see."""

    name = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        from access.editorial import register_policy  # models must be loaded
        from access.lookups import register_lookups
        from access.signal_handlers import register_signal_handlers

        register_lookups()
        register_policy()
        register_signal_handlers()
