"""What of a search may be kept as a term: plain words, short, and nothing that points at a person."""

from __future__ import annotations

import re
import unicodedata

from search.parameters import Parameters
from search.query import parse

LONGEST = 80
MOST_WORDS = 6
MOST_DIGITS = 4
"""A year may stay; numbers of telephones, accounts and passports have more."""
_ADDRESS = re.compile(r"@|://|\w\.\w{2,}")
"""Of a mailbox or of a page."""


def is_fresh(parameters: Parameters) -> bool:
    """Whether somebody just typed this: its first page, without filters, in the order and manner that nobody chose."""
    return parameters == Parameters(q=parameters.q, language=parameters.language)


def term_of(parameters: Parameters) -> str:
    """The term that a fresh search asks for; empty where it is none that may be kept."""
    if not is_fresh(parameters):
        return ""
    query = parse(parameters.q)
    words = [
        clause.words[0].text
        for clause in query.clauses
        if len(clause.words) == 1 and not clause.excluded and not clause.words[0].phrase
    ]
    if query.notices or len(words) != len(query.clauses):
        return ""  # operators, fields and quotation marks: a question, and no word that could be missing somewhere
    term = normalised(" ".join(words))
    return term if _may_be_kept(term) else ""


def normalised(text: str) -> str:
    """``text`` in small letters, with single spaces, without characters that nobody sees."""
    seen = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return " ".join("".join(seen).lower().split())


def _may_be_kept(term: str) -> bool:
    return (
        0 < len(term) <= LONGEST
        and len(term.split()) <= MOST_WORDS
        and any(sign.isalpha() for sign in term)
        and sum(sign.isdigit() for sign in term) <= MOST_DIGITS
        and not _ADDRESS.search(term)
    )
