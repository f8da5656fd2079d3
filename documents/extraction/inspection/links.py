"""Addresses that only work inside the house: they tell strangers what the house's machines and people are called."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

# Bounded repetitions: linear on any text.
_ADDRESS = re.compile(r"\b(?:https?|ftps?|sftp|smb|file)://[^\s<>\"'\u00ab\u00bb]{1,2000}", re.IGNORECASE)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){0,8})")
_SHARE = re.compile(r"\\\\[\w.$-]{1,255}\\[^\s<>\"]{1,500}")
_INTERNAL_ENDINGS = (".local", ".lan", ".internal", ".intranet", ".corp", ".localhost", ".localdomain", ".home.arpa")


def internal_addresses(text: str, hosts: Collection[str]) -> Iterator[str]:
    """Web addresses, e-mail addresses and shares in ``text`` that are the house's own.

    ``hosts`` are staff-only host names, subdomains included. Beside them: private IP addresses, names without
    a dot and of local networks, ``file:`` addresses and ``\\\\server\\share``.
    """
    for match in _ADDRESS.finditer(text):
        address = match.group().rstrip(".,;:!?)]}\u201d")
        if address.lower().startswith(("file:", "smb:")) or is_internal(_host(address), hosts):
            yield address
    for match in _MAIL.finditer(text):
        host = match.group(1).lower()
        if "." in host and is_internal(host, hosts):
            yield match.group()
    for match in _SHARE.finditer(text):
        yield match.group()


def is_internal(host: str, hosts: Collection[str]) -> bool:
    """Whether ``host`` is one of ``hosts``, below one of them, or private by its nature."""
    host = host.lower().strip(".")
    if not host:
        return False
    if any(host == name or host.endswith(f".{name}") for name in (known.lower().strip(".") for known in hosts)):
        return True
    try:
        number = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "." not in host or host.endswith(_INTERNAL_ENDINGS)
    return number.is_private or number.is_link_local


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
