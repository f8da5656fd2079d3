"""A library of made-up things in five languages, and searches for them, from a seed; and what a search must find.

``matches`` is the rule itself, written once more and without any index: it looks at the tokens of one thing.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from random import Random

from access.visitor import Visitor
from search.bridge import expanded
from search.engines.base import FACETS, SearchRequest, Sort
from search.fields import settled
from search.languages import searched
from search.matching import Both, Either, Fact, Group, Without, Years, plan
from search.query import parse
from search.registry import Name
from tests.search.fakes import LABELS, FakeFile

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MATCHED = ("t", "s", "b", "f", "p")
PROSE = {
    "en": "the chain of command was never written down but every prisoner knew who gave the order in 2011 and "
    "12 March 2011 is the day when the U.N. report on enforced disappearances said so witnesses' testimony of "
    "torture in prisons police custody non-refoulement 10,000 refugees at the border crossing court judgment",
    "de": "die Befehlskette stand nie auf Papier doch die Häftlinge wussten wer den Befehl gab Menschenrechtsverletzungen "
    "Flüchtlinge Fluechtlinge Häuser Weltrechtsprinzip Folter in der Haft Gefängnisse Zeug:innen des Gerichtshofs "
    "am 12.03.2011 Verschwindenlassen Grenzübergang Urteil Polizeigewahrsam 10.000 Menschen im Straflager",
    "fr": "la chaîne de commandement n'était écrite nulle part mais les détenus savaient qui donnait l'ordre de torturer "
    "aujourd'hui les prisons l'homme disparu des réfugiés à la frontière compétence universelle jugement de la cour "
    "le 12 mars 2011 les avocat·e·s témoignages garde à vue 10 000 personnes",
    "es": "la cadena de mando nunca se escribió pero los presos sabían quién dio la orden de torturar año ano niños "
    "desaparición forzada en las cárceles del sur jurisdicción universal sentencia de la corte el 12 de marzo de 2011 "
    "refugiados en la frontera testigos abogado/a policía 10.000 personas",
    "ar": "سلسلة القيادة لم تكن مكتوبة لكن السجناء كانوا يعرفون من أعطى الأمر بالتعذيب والاحتجاز في السجون حقوق الإنسان "
    "الأطفال الاطفال وللأطفال اللاجئين على الحدود الولاية القضائية العالمية حكم المحكمة في 12 مارس 2011 شهادة الشهود "
    "الاختفاء القسري ١٠٬٠٠٠ شخص مُحَاكَمَة الشرطة",
}
WORDS = {code: text.split() for code, text in PROSE.items()}
ODD = [
    "Ærø",
    "straße",
    "ﬁle",
    "x²",
    "½",
    "İstanbul",
    "日本語",
    "한국어",
    "Москва",
    "Ἀθῆναι",
    "𝔣𝔯𝔞𝔨",
    "ꙮ",
    "नागरिक",
    "a'b'c",
    "U.S.A.",
    "e-mail",
]
"""Of scripts that no language of the site uses, and signs that Unicode takes apart."""

TOPICS = {
    name: str(uuid.UUID(int=n)) for n, name in enumerate(("Impunity", "Detention", "Asylum", "Courts", "Police"), 1)
}
PLACES = {name: str(uuid.UUID(int=n)) for n, name in enumerate(("Syria", "Aleppo", "Chad", "Sahel", "Europe"), 100)}
KINDS_OF_PUBLICATION = tuple(str(uuid.UUID(int=n)) for n in range(200, 203))
AUTHORS = ("Amina Haddad", "Jean Dupont", "Ana María Ruiz", "Haddad Karim", "O'Neill, Áine", "李 雷")
NAMES = {"topic": TOPICS, "place": PLACES, "author": {name: name for name in AUTHORS}}
TERMS = [
    Name("chain", "en", "chain of command"),
    Name("chain", "de", "Befehlskette"),
    Name("chain", "fr", "chaîne de commandement"),
    Name("chain", "ar", "سلسلة القيادة"),
    Name("uj", "fr", "compétence universelle"),
    Name("uj", "de", "Weltrechtsprinzip"),
    Name("uj", "es", "jurisdicción universal"),
    Name("un", "en", "UN", 1),
    Name("un", "en", "United Nations"),
    Name("prison", "en", "prison"),
    Name("prison", "es", "cárcel"),
]
ACL = (["public"],) * 6 + (["login"], ["g:1"], ["g:2"], ["g:1+2"])
VISITORS = (
    frozenset({"public"}),
    frozenset({"public", "login"}),
    frozenset({"public", "login", "g:1"}),
    frozenset({"public", "login", "g:1", "g:2", "g:1+2"}),
    None,
)


def terms(_visitor, keys=None):
    """What the vocabulary calls things."""
    return [name for name in TERMS if keys is None or name.key in keys]


def things(rng: Random, size: int):
    """``size`` things as the fakes take them: (title, fields)."""
    for _ in range(size):
        code = rng.choice(list(WORDS))
        other = rng.choice(list(WORDS))
        quoted = _text(rng, other, 8)
        files = [FakeFile([(other, _text(rng, other, 12)) for _ in range(rng.randint(1, 3))], language=other)]
        yield (
            _text(rng, code, rng.randint(1, 6)),
            {
                "locale": code,
                "kind": rng.choice(list(LABELS)),
                "summary": _text(rng, code, rng.randint(0, 9)),
                "body": f"{_text(rng, code, rng.randint(0, 25))} {quoted}",
                "passages": ((other, quoted),) if rng.random() < 0.3 else (),
                "files": tuple(files) if rng.random() < 0.4 else (),
                "acl": frozenset(rng.choice(ACL)),
                "live_to": rng.choice([None, None, None, NOW - timedelta(days=1), NOW + timedelta(days=1)]),
                "published": datetime(rng.randint(2001, 2026), rng.randint(1, 5), rng.randint(1, 28), tzinfo=UTC),
                "topics": tuple(_some(rng, TOPICS.values(), 3)),
                "places": tuple(_some(rng, PLACES.values(), 2)),
                "doctype": rng.choice(["", *KINDS_OF_PUBLICATION]),
                "languages": tuple({code, other}),
                "authors": tuple(_some(rng, AUTHORS, 2)),
                "translation_key": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            },
        )


def _text(rng: Random, code: str, size: int) -> str:
    """Neighbours in the prose mostly, so that there are phrases to find."""
    words, found = WORDS[code], []
    while len(found) < size:
        at = rng.randrange(len(words))
        found += words[at : at + rng.randint(1, 4)] if rng.random() < 0.9 else [rng.choice(ODD)]
    return " ".join(found[:size])


def _some(rng: Random, values, most: int):
    return rng.sample(list(values), rng.randint(0, most))


def queries(rng: Random) -> str:
    """A query of the small language: words, phrases, minus, OR, fields, ranges, brackets."""
    items = [_item(rng, depth=0) for _ in range(rng.choice((1, 1, 2, 2, 3, 4, 6)))]
    return "".join(item + rng.choice((" ", " ", " ", " OR ")) for item in items).removesuffix(" OR ").strip()


def _item(rng: Random, depth: int) -> str:
    chance = rng.random()
    minus = "-" if rng.random() < 0.15 else ""
    if chance < 0.5:
        return minus + rng.choice(WORDS[rng.choice(list(WORDS))] + ODD)
    if chance < 0.65:
        return f'{minus}"{_text(rng, rng.choice(list(WORDS)), rng.randint(1, 4))}"'
    if chance < 0.85:
        return minus + _field(rng)
    if depth < 4:
        inner = [_item(rng, depth + 1) for _ in range(rng.randint(1, 3))]
        return f"{minus}({rng.choice((' ', ' OR ')).join(inner)})"
    return "court"


def _field(rng: Random) -> str:
    name = rng.choice(("title", "author", "topic", "place", "kind", "lang", "year"))
    year = rng.randint(2000, 2027)
    values = {
        "title": [_text(rng, rng.choice(list(WORDS)), 1), f'"{_text(rng, "en", 2)}"', "(prisons OR Folter)"],
        "author": ["haddad", '"ana maria"', "dupont", "nobody", "李"],
        "topic": [f'"{rng.choice(list(TOPICS)).lower()}"', "(impunity OR courts)", "nothing"],
        "place": [*map(str.upper, PLACES), "(syria chad)"],
        "kind": [*LABELS, "Cases", "Fall"],
        "lang": ["de", "German", "arabe", "العربية", "tlh"],
        "year": [str(year), f"{year}..{year + 4}", f"..{year}", f"{year}..", f"{year}..{year - 1}", "soon"],
    }
    return f"{name}:{rng.choice(values[name])}"


FILTERS = {
    "kind": list(LABELS),
    "topic": [*TOPICS.values(), str(uuid.UUID(int=9))],
    "place": list(PLACES.values()),
    "language": ["en", "de", "fr", "es", "ar", "pt"],
    "year": [str(year) for year in range(2000, 2028)],
    "publication_kind": list(KINDS_OF_PUBLICATION),
}


def requests(rng: Random, text: str, keys: list[str]) -> SearchRequest:
    """What an engine is asked for ``text``, by one of the visitors, with filters."""
    query = parse(text)
    query = expanded(query, Visitor()) if rng.random() < 0.7 else query
    wanted, _unknown = settled(plan(query, searched()), Visitor())
    filters = {facet: frozenset(_some(rng, FILTERS[facet], 3)) for facet in FACETS if rng.random() < 0.15}
    return SearchRequest(
        plan=wanted,
        tokens=rng.choice(VISITORS),
        filters={facet: chosen for facet, chosen in filters.items() if chosen},
        sort=rng.choice(list(Sort)),
        size=len(keys),
        match_all=query.is_blank,
        now=NOW,
        hidden=frozenset(_some(rng, keys, 20)) if rng.random() < 0.2 else frozenset(),
        only=frozenset(_some(rng, keys, 150)) if rng.random() < 0.1 else None,
    )


@dataclass(frozen=True)
class Due:
    """What the answer to a request must be: ``facets`` as {facet: {value: count}}, selected ones even with none."""

    keys: frozenset[str]
    facets: dict[str, dict[str, int]]


def due(request: SearchRequest, rows) -> Due:
    """By the rule, from all ``rows`` ({key: row})."""
    if request.plan.is_empty and not request.match_all:
        fitting = []
    else:
        fitting = [
            (key, row) for key, row in rows.items() if _is_allowed(key, row, request) and matches(row, request.plan)
        ]
    facets = {}
    for facet in FACETS:
        others = replace(request, filters={name: v for name, v in request.filters.items() if name != facet})
        counts = dict.fromkeys(request.filters.get(facet, ()), 0)
        for _key, row in fitting:
            for value in set(row.facets[facet]) if _is_chosen(row, others) else ():
                counts[value] = counts.get(value, 0) + 1
        facets[facet] = counts
    return Due(frozenset(key for key, row in fitting if _is_chosen(row, request)), facets)


def _is_allowed(key, row, request) -> bool:
    return (
        (row.live_to is None or row.live_to > request.now)
        and (request.tokens is None or bool(request.tokens & set(row.acl)))
        and key not in request.hidden
        and (request.only is None or key in request.only)
    )


def _is_chosen(row, request) -> bool:
    return all(chosen & set(row.facets[facet]) for facet, chosen in request.filters.items())


def matches(row, wanted) -> bool:
    """Whether the words and fields of ``wanted`` fit ``row``."""
    text = {name: f" {row.fields[name]} " for name in MATCHED}
    anywhere = "|".join(text.values())

    def has(forms, where=anywhere) -> bool:
        return any(f" {' '.join(form)} " in where for form in forms)

    def meets(condition) -> bool:
        if isinstance(condition, Group):
            return has(condition.forms, text["t"] if condition.in_title else anywhere)
        if isinstance(condition, Years):
            return any(condition.first <= int(year) <= condition.last for year in row.facets["year"])
        if isinstance(condition, Fact):
            return any(value in row.facets[facet] for facet, value in condition.values)
        if isinstance(condition, Without):
            return not meets(condition.part)
        assert isinstance(condition, Both | Either)
        return (all if isinstance(condition, Both) else any)(map(meets, condition.parts))

    runs = [(also, list(groups)) for also, groups in groupby(wanted.required, key=lambda group: group.also)]
    return (
        all(all(has(group.forms) for group in groups) or has(also) for also, groups in runs)
        and not any(has(group.forms) for group in wanted.excluded)
        and all(map(meets, wanted.conditions))
    )
