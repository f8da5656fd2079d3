"""Files as append-only rows, who uses them, when they were released, and what was made of them."""

from documents.models.derived import DocumentCheck, DocumentImage, DocumentOutline, DocumentPageText, DocumentTokens
from documents.models.document import Document, document_key, document_storage
from documents.models.erasures import ErasedDocument, Erasure
from documents.models.images import Image, Rendition
from documents.models.querysets import DocumentQuerySet
from documents.models.recognition import DocumentRecognition
from documents.models.uploads import DirectUpload, PendingUpload
from documents.models.uses import DocumentRelease, DocumentUse, ImageUse
from documents.models.verifications import StorageVerification

__all__ = [
    "DirectUpload",
    "Document",
    "DocumentCheck",
    "DocumentImage",
    "DocumentOutline",
    "DocumentPageText",
    "DocumentQuerySet",
    "DocumentRecognition",
    "DocumentRelease",
    "DocumentTokens",
    "DocumentUse",
    "ErasedDocument",
    "Erasure",
    "Image",
    "ImageUse",
    "PendingUpload",
    "Rendition",
    "StorageVerification",
    "document_key",
    "document_storage",
]
