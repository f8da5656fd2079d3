"""What can go wrong between two languages; every message is a sentence for the person at the screen."""


class TranslationError(Exception):
    """Base class: the message says what to do."""


class NotAllowed(TranslationError):
    """The person may not do this here."""


class ParentNotTranslated(TranslationError):
    """The section above has no approved translation yet."""


class NotNow(TranslationError):
    """The translation is locked or in review."""
