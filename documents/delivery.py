"""Big files handed over by the server in front or by the bucket, so that no process of ours is busy with them.

The access rule and the conditions of the request were answered before anything here runs. Only
answers that anybody may have are handed over: what somebody reads by a right of their own is always
streamed by us, because an address of the bucket works for whoever holds it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import Storage
from django.http import HttpResponse, HttpResponseRedirect

from documents.storage import PrivateFileStorage, PrivateS3Storage


class Delivery(StrEnum):
    """The values of ``DOCUMENT_DELIVERY``."""

    STREAM = "stream"
    ACCEL = "accel"
    REDIRECT = "redirect"


ACCEL_PREFIX = "/internal-documents/"
"""The ``internal`` location of the web server in front that reads ``DOCUMENTS_ROOT`` (``docs/how-to/deploy.md``)."""
EXPIRES = 30
"""Seconds for which a signed address of the bucket works: a withdrawal is complete within a minute, this included."""


def handed_over(storage: Storage, key: str, size: int, headers: dict[str, str]) -> HttpResponse | None:
    """The answer that makes somebody else send the bytes, or None where we stream them.

    ``headers`` are those of the whole file; nginx cuts the part that a ``Range`` asks for, and so
    does the bucket. ``size`` in bytes decides: small files are not worth a second request.
    """
    if size < settings.DOCUMENT_DELIVERY_FROM:
        return None
    if settings.DOCUMENT_DELIVERY == Delivery.ACCEL and isinstance(storage, PrivateFileStorage):
        return HttpResponse(headers=headers | {"X-Accel-Redirect": ACCEL_PREFIX + quote(key)})
    if settings.DOCUMENT_DELIVERY == Delivery.REDIRECT and isinstance(storage, PrivateS3Storage):
        address = signed_address(storage, key, headers)
        return HttpResponseRedirect(address, headers={"Cache-Control": "private, no-store"})
    return None


def signed_address(storage: PrivateS3Storage, key: str, headers: dict[str, str]) -> str:
    """An address of the bucket that gives one object for ``EXPIRES`` seconds, with our type, name and caching."""
    parameters: dict[str, Any] = {
        "Bucket": storage.bucket_name,
        "Key": storage.object_key(key),
        "ResponseContentType": headers["Content-Type"],
        "ResponseContentDisposition": headers["Content-Disposition"],
        "ResponseCacheControl": "private, no-store",
    }
    client: Any = storage.connection.meta.client
    return str(client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=EXPIRES))
