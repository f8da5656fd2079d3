"""Why a file could not be read, as types with one sentence for the editor."""

from __future__ import annotations


def gettext_noop(message: str) -> str:
    """Marks a sentence for the catalogues; this package has no Django to translate it with."""
    return message


class ExtractionError(Exception):
    """A file could not be read. ``code`` is stable, ``sentence`` is English and a msgid of the catalogues."""

    code = "unreadable"
    sentence = gettext_noop("The file could not be read.")

    def __init__(self) -> None:
        super().__init__(self.sentence)


class EncryptedFileError(ExtractionError):
    code = "encrypted"
    sentence = gettext_noop("The file is protected by a password. Upload a copy without one.")


class BrokenFileError(ExtractionError):
    code = "broken"
    sentence = gettext_noop("The file is damaged or not what its name says. Export it again and upload the new copy.")


class PageCountError(ExtractionError):
    code = "page_count"
    sentence = gettext_noop("Pages of this file are missing or unreadable. Export it again and upload the new copy.")


class TooLongError(ExtractionError):
    code = "too_long"
    sentence = gettext_noop("Reading the file took too long and was stopped. Export it again or split it.")


class TooMuchMemoryError(ExtractionError):
    code = "too_much_memory"
    sentence = gettext_noop("Reading the file needed too much memory and was stopped. Export it again or split it.")


class TooLargeError(ExtractionError):
    code = "too_large"
    sentence = gettext_noop("The file unpacks to more text or pages than can be read. Split it.")


class CrashedError(ExtractionError):
    code = "crashed"
    sentence = gettext_noop("The program that reads such files crashed on this one. Export it again and upload it.")


class NotConvertedError(ExtractionError):
    code = "not_converted"
    sentence = gettext_noop(
        "The file could not be converted: it may be damaged or protected by a password. "
        "Save it in a newer format or as PDF and upload that."
    )


class NoConverterError(ExtractionError):
    code = "no_converter"
    sentence = gettext_noop(
        "This server can't read files of this old format. Save it in a newer format or as PDF and upload that."
    )


class NoRecognitionError(ExtractionError):
    code = "no_recognition"
    sentence = gettext_noop("The program that recognises text in pictures is not installed on this server.")


class UnprovenError(ExtractionError):
    code = "unproven"
    sentence = gettext_noop(
        "A clean public copy could not be made: it would not show the same as the file. "
        "Save the file anew from the program it was made with and upload the new copy."
    )


class RefusedError(Exception):
    """A file must not be filed: ``code`` says why, ``details`` are the words and numbers of intake's sentence."""

    def __init__(self, code: str, **details: str | int) -> None:
        super().__init__(code)
        self.code, self.details = code, details


ERRORS: dict[str, type[ExtractionError]] = {
    error.code: error
    for error in (
        ExtractionError,
        EncryptedFileError,
        BrokenFileError,
        PageCountError,
        TooLongError,
        TooMuchMemoryError,
        TooLargeError,
        CrashedError,
        NotConvertedError,
        NoConverterError,
        NoRecognitionError,
        UnprovenError,
    )
}
"""Code -> type: how an error crosses the border between the processes."""
