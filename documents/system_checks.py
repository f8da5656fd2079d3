"""Conventions and surroundings that must hold, as system checks with a remedy.

The checks of a bucket talk to the network and run with ``check --deploy`` only, which gunicorn does before it starts
(``deploy/gunicorn.conf.py``). A bucket that is public or stores in clear is an error and stops the start; one that
doesn't answer is a warning, for the pages do without.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import botocore
import botocore.session
import pyrage
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError
from wagtail.permissions import policy_registry

from documents import scanning
from documents.delivery import Delivery
from documents.erasure import running
from documents.extraction.jobs import surroundings
from documents.models import Document, Image
from documents.permissions import document_policy, image_policy
from documents.storage import STORAGE_FAULTS, NotEncryptedError, PrivateFileStorage, PrivateS3Storage


@checks.register("documents")
def originals_can_be_encrypted(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A policy that encrypts needs a key that encrypts: found out now, not when the first original waits."""
    if settings.ORIGINALS != "encrypted":
        return []
    try:
        pyrage.x25519.Recipient.from_str(settings.ORIGINALS_PUBLIC_KEY)
    except pyrage.RecipientError:
        return [
            checks.Error(
                "ORIGINALS is encrypted, but ORIGINALS_PUBLIC_KEY is no age public key.",
                hint="Make a pair with age-keygen on another machine and set the public key (age1…).",
                id="documents.E005",
            )
        ]
    return []


@checks.register("documents")
def storage_is_private(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Both aliases must be one of our storages, without OPTIONS, and files must lie outside what a web server serves."""
    found: list[checks.CheckMessage] = []
    for alias in ("default", "documents"):
        if settings.STORAGES[alias].get("OPTIONS"):
            found.append(
                checks.Error(
                    f"STORAGES[{alias!r}] has OPTIONS.",
                    hint="Wagtail's delete task stores them, secrets included, in the database. Use AWS_* settings.",
                    id="documents.E001",
                )
            )
        elif not isinstance(storages[alias], PrivateFileStorage | PrivateS3Storage):
            found.append(
                checks.Error(
                    f"STORAGES[{alias!r}] is not a private storage.",
                    hint="Use documents.storage.PrivateFileStorage or PrivateS3Storage.",
                    id="documents.E002",
                )
            )
    for model, policy in ((Document, document_policy), (Image, image_policy)):
        if policy_registry.get_by_type(model) is not policy:
            found.append(
                checks.Error(
                    f"Another permission policy is in charge of {model._meta.label}.",
                    hint="The admin would list files past the access rule. Register none for documents and images.",
                    id="documents.E004",
                )
            )
    if settings.WAGTAILDOCS_SERVE_METHOD != "serve_view":
        found.append(
            checks.Error(
                "WAGTAILDOCS_SERVE_METHOD must be serve_view.",
                hint="Every other method hands out addresses of the storage, past the access rule.",
                id="documents.E003",
            )
        )
    return found


@checks.register("documents")
def delivery_fits_the_storage(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A way of delivery that the storage doesn't know would be ignored without a word."""
    if settings.DOCUMENT_DELIVERY == Delivery.STREAM:
        return []
    on_disk = isinstance(storages["documents"], PrivateFileStorage)
    if on_disk == (settings.DOCUMENT_DELIVERY == Delivery.ACCEL):
        return []
    return [
        checks.Error(
            f"DOCUMENT_DELIVERY={settings.DOCUMENT_DELIVERY} doesn't fit the storage.",
            hint="Write accel for files on disk behind nginx, redirect for a bucket, stream for either.",
            id="documents.E005",
        )
    ]


@checks.register("documents", deploy=True)
def bucket_is_reachable_and_private(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """The bucket answers us, and refuses everybody else; versioning is advised."""
    storage = storages["documents"]
    if not isinstance(storage, PrivateS3Storage):
        return []
    client, bucket = storage.connection.meta.client, storage.bucket_name
    try:
        client.head_bucket(Bucket=bucket)
    except (BotoCoreError, ClientError) as err:
        return [
            checks.Warning(
                f"The bucket {bucket} can't be reached: {err}",
                hint="Look at S3_BUCKET, S3_ENDPOINT_URL, S3_REGION and the two keys.",
                id="documents.W010",
            )
        ]
    return [*_privacy(storage), *_writing(storage), *_versioning(client, bucket)]


@checks.register("documents", deploy=True)
def scanner_answers(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A scanner that is configured and not there holds every upload back: said at the start."""
    if not scanning.is_on() or scanning.answers():
        return []
    return [
        checks.Warning(
            "CLAMD_URL is set, but no virus scanner answers there.",
            hint="Uploads are held until it does. Start clamd, or look at the address and at who may open its socket.",
            id="documents.W015",
        )
    ]


@checks.register("documents", deploy=True)
def children_are_walled_in(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Programs that open uploads should read nothing else; tried by one, for a kernel may have walls and refuse them."""
    if surroundings().walled:
        return []
    return [
        checks.Warning(
            "The programs that open uploads can read other files of this user: no walls stand around them.",
            hint="Landlock is missing (Linux 5.13 with CONFIG_SECURITY_LANDLOCK and lsm=…,landlock) or forbidden by the "
            "container's seccomp profile. Their limits, and the missing network, hold all the same.",
            id="documents.W017",
        )
    ]


@checks.register("documents", deploy=True)
def database_wants_a_password(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A Unix socket of the database is open to programs that open uploads, where they may make sockets."""
    database = settings.DATABASES["default"]
    by_socket = database["ENGINE"].endswith("postgresql") and database.get("HOST", "")[:1] in ("", "/")
    if not by_socket or surroundings().closed:
        return []
    return [
        checks.Warning(
            "The database is asked over a Unix socket, which a file that takes a program over can open, too.",
            hint="Write a TCP address into DATABASE_URL, and close the socket or let it ask for a password "
            "(scram-sha-256 instead of peer and trust in pg_hba.conf).",
            id="documents.W018",
        )
    ]


@checks.register("documents", deploy=True)
def nothing_erased_came_back(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A restored backup brings erased files back; the web must not start with them. Silent where nothing answers."""
    try:
        returned, refused = map(len, running.compared())
    except (DatabaseError, *STORAGE_FAULTS):
        return []  # no database yet, or one before its migration; the bucket has a check of its own
    found: list[checks.CheckMessage] = []
    if returned:
        found.append(
            checks.Error(
                f"{returned} erasures in the ledger are not carried out in this database: a backup was restored.",
                hint="Run manage.py erase_again before anybody can reach the site.",
                id="documents.E015",
            )
        )
    if refused:
        found.append(
            checks.Error(
                f"{refused} erasures in the ledger are refused: this server's secret did not sign them.",
                hint="Name the old secret in SECRET_KEY_FALLBACKS and run manage.py erase_again. If nobody of yours "
                "wrote them, find out who can write to the storage.",
                id="documents.E016",
            )
        )
    return found


def _privacy(storage: PrivateS3Storage) -> list[checks.CheckMessage]:
    """Asks for a listing and for an object as a stranger; both must be refused."""
    session = botocore.session.get_session()
    stranger: Any = session.create_client(
        "s3",
        region_name=storage.region_name or "us-east-1",
        endpoint_url=storage.endpoint_url,
        config=Config(
            signature_version=botocore.UNSIGNED,
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=10,
            retries={"max_attempts": 1},
        ),
    )
    probes: list[Callable[[], object]] = [lambda: stranger.list_objects_v2(Bucket=storage.bucket_name, MaxKeys=1)]
    first = next(iter(storage.bucket.objects.limit(1)), None)
    if first is not None:
        probes.append(lambda: stranger.head_object(Bucket=storage.bucket_name, Key=first.key))
    for probe in probes:
        try:
            probe()
        except ClientError as err:
            if err.response["ResponseMetadata"]["HTTPStatusCode"] in (401, 403):
                continue
            return [checks.Warning(f"The bucket answers a stranger oddly: {err}", id="documents.W012")]
        except BotoCoreError as err:
            return [checks.Warning(f"The bucket's privacy can't be tried: {err}", id="documents.W012")]
        return [
            checks.Error(
                f"The bucket {storage.bucket_name} is public.",
                hint="Anyone can read unpublished files. Block public access and remove the policy that allows it.",
                id="documents.E011",
            )
        ]
    return []


def _writing(storage: PrivateS3Storage) -> list[checks.CheckMessage]:
    """Stores a word and destroys it: some servers accept the request for encryption and do nothing, some keys may
    delete but no old version."""
    key = f"quarantine/{uuid.uuid4()}"
    try:
        storage.save(key, ContentFile(b"encrypted?"))
    except NotEncryptedError:
        return [
            checks.Error(
                f"The bucket {storage.bucket_name} stores in clear, although S3_ENCRYPTION={settings.S3_ENCRYPTION}.",
                hint="Every upload would be refused. Configure the server's keys, or empty S3_ENCRYPTION and encrypt the disks.",
                id="documents.E014",
            )
        ]
    except (BotoCoreError, ClientError) as err:
        if settings.S3_ENCRYPTION:
            return [checks.Error(f"The bucket takes no encrypted file: {err}", id="documents.E014")]
        return [checks.Warning(f"The bucket takes no file: {err}", id="documents.W019")]
    try:
        storage.destroy(key)
    except (BotoCoreError, ClientError) as err:
        return [
            checks.Warning(
                f"The bucket's key can't remove a file for good: {err}",
                hint="Erasures stop, and raw uploads and uploaded originals stay. Allow s3:ListBucketVersions and "
                "s3:DeleteObjectVersion (docs/how-to/bucket.md).",
                id="documents.W019",
            )
        ]
    return []


def _versioning(client: Any, bucket: str) -> list[checks.CheckMessage]:
    try:
        status = client.get_bucket_versioning(Bucket=bucket).get("Status")
    except (BotoCoreError, ClientError):
        status = None
    if status == "Enabled":
        return _lifecycle(client, bucket)
    return [
        checks.Info(
            f"The bucket {bucket} keeps no versions.",
            hint="Turn on versioning with a lifecycle that ends old versions, so that a mistake can be undone.",
            id="documents.I013",
        )
    ]


def _lifecycle(client: Any, bucket: str) -> list[checks.CheckMessage]:
    """Old versions must end some day: what was deleted lies there."""
    try:
        rules = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    except (BotoCoreError, ClientError):
        rules = []  # it has none, or our key may not see them
    if any(rule["Status"] == "Enabled" and "NoncurrentVersionExpiration" in rule for rule in rules):
        return []
    return [
        checks.Warning(
            f"The bucket {bucket} keeps old versions for ever: no lifecycle rule that ends them can be seen.",
            hint="What was deleted can be read there. Add a rule (docs/how-to/bucket.md), and allow "
            "s3:GetLifecycleConfiguration.",
            id="documents.W020",
        )
    ]
