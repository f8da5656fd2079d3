"""Where Elasticsearch is, how it is reached, and how an index is made there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from elastic_transport import HttpHeaders, Urllib3HttpNode
from elastic_transport.client_utils import DEFAULT, DefaultType
from elasticsearch import Elasticsearch

from search import indexing

if TYPE_CHECKING:
    from elastic_transport._node import NodeApiResponse

WRITE_TIMEOUT_SECONDS = 30
SCHEMA = Path(__file__).with_name("elasticsearch.json").read_text()


class CompatibleNode(Urllib3HttpNode):
    """Speaks the protocol of version 8, which 8 and 9 both understand: a server of 8 refuses that of 9."""

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> NodeApiResponse:
        """As the client's own node, with other headers."""
        spoken = HttpHeaders(
            {name: value.replace("compatible-with=9", "compatible-with=8") for name, value in (headers or {}).items()}
        )
        return super().perform_request(method, target, body, spoken, request_timeout)


@dataclass(frozen=True)
class Server:
    """Where Elasticsearch is and how an index is made there. ``replicas`` None: one where there is a second node."""

    url: str
    prefix: str
    api_key: str = ""
    ca_file: str = ""
    shards: int = 1
    replicas: int | None = None

    def client(self) -> Elasticsearch:
        """A client; ``url`` may carry user and password, which an API key replaces."""
        parts = urlsplit(self.url)
        host = parts.hostname or "localhost"
        port = parts.port or (443 if parts.scheme == "https" else 9200)
        auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        options: dict[str, Any] = {"api_key": self.api_key} if self.api_key else {"basic_auth": auth}
        if self.ca_file:
            options["ca_certs"] = self.ca_file
        return Elasticsearch(
            f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}{parts.path.rstrip('/')}",
            node_class=CompatibleNode,
            max_retries=0,
            request_timeout=WRITE_TIMEOUT_SECONDS,
            **options,
        )

    def settings(self) -> dict[str, Any]:
        """The settings of a new index."""
        found: dict[str, Any] = json.loads(SCHEMA)["settings"] | {"number_of_shards": self.shards}
        if self.replicas is not None:
            del found["auto_expand_replicas"]
            found["number_of_replicas"] = self.replicas
        return found

    def mappings(self) -> dict[str, Any]:
        """The mapping of a new index."""
        found: dict[str, Any] = json.loads(SCHEMA)["mappings"]
        return found

    @staticmethod
    def stamp() -> str:
        """What a new index is stamped with."""
        return hashlib.sha256(f"{indexing.stamp()}{SCHEMA}".encode()).hexdigest()[:16]
