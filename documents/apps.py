from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The managed file: append-only documents and images, who may read them, storage, text, serving."""

    name = "documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        # Models must be loaded before any of these.
        from documents import system_checks  # noqa: F401
        from documents.erasure.steps import register_steps
        from documents.page_texts import renew_old_tokens
        from documents.permissions import register_policies
        from documents.signal_handlers import register_signal_handlers
        from documents.tags import register_image_chooser
        from documents.tasks import register_jobs
        from search.registry import register_renewal

        register_policies()
        register_signal_handlers()
        register_jobs()
        register_image_chooser()
        register_steps()
        register_renewal("documents", renew_old_tokens)
