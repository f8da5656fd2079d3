"""Splits German compounds into words of our own vocabulary (Koehn and Knight 2003).

Of all ways to split, the one whose parts have the highest geometric mean of counts wins; a compound
that is itself a much commoner word of the vocabulary stays whole. Tokens are split, not texts: the stems
of a file are all that the index has of it. Other languages join few words (French and Spanish write
portavoz and porte-parole, Arabic none), so only German has parts.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from search.analysis import german
from search.analysis.folding import clean
from search.analysis.words import words

LANGUAGE = "de"
SEPARATOR = "dpsep"
"""Stands between two compounds, so that no phrase runs from one into the next. No query has this token."""

SHORTEST_WORD, SHORTEST_LAST = 4, 3
MOST_PARTS = 5
LONGEST_COMPOUND = 60
WORD_OF_ITS_OWN = 10
"""How many times as common as its parts a compound is that stays whole. Where it was enough to be commoner, Haft didn't
find Untersuchungshaft as soon as that was a term of the glossary."""
_COMMON = (
    "Angriff Anwalt Arbeit Archiv Ausländer Bedingung Bedingungen Behörde Bericht Beweis Bild Bilder Brief Bund Bundes"
    " Bürger Daten Dienst Dorf Einzel Familie Familien Flucht Flüchtling Folter Frauen Freiheit Freiheits Frieden Frist"
    " Führung Gebiet Gefahr Gefangene Gefängnis Geheim Geld Gericht Gesetz Gesundheit Gewalt Grab Grenze Gruppe Haft"
    " Handel Haus Hilfe Information Jahr Jugend Kammer Kinder Kirche Klage Kommission Kontrolle Krieg Lager Land Leben"
    " Leiche Macht Mädchen Männer Massen Menschen Militär Minderheit Minderheiten Mord Mutter Nacht Name Opfer Ordnung"
    " Partei Plan Politik Polizei Presse Protokoll Prozess Prüfung Recht Rechte Regierung Religion Richter Schaden Schule"
    " Schutz Sicherheit Soldaten Sonder Sprache Staat Staaten Stadt Stelle Steuer Straf Straße Suche System Täter Todes"
    " Untersuchung Urteil Verbot Verbrechen Verfahren Verfassung Verletzung Versammlung Vertrag Verwaltung Völker Waffe"
    " Waffen Wahl Wahrheit Wasser Welt Wirtschaft Wohnung Zeit Zeitung Zelle Zentrum Zeuge Zeugen Zwang"
)
"""What compounds in reports are mostly made of; each counts once. A site with a few titles has none of these by itself."""
_LINKS = ("", "s", "es", "n", "en", "er", "e", "ns", "ens")
_VOWEL_PAIR = re.compile(r"(?<![aeiouq])([aou])e")
_UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})
_LINKS_AT_END = re.compile("(?:ens|es|en|er|ns|s|n|e)$")


def vocabulary(texts: Iterable[tuple[str, str]]) -> dict[str, int]:
    """How often each German word is in ``texts``, each (language, text); stop words and short ones are left out."""
    found: Counter[str] = Counter()
    for language, text in texts:
        if language[:2] == LANGUAGE:
            found.update(clean(word.text) for word in words(text, LANGUAGE) if word.text.isalpha())
    return {
        word: count
        for word, count in sorted(found.items())
        if SHORTEST_WORD <= len(word) <= LONGEST_COMPOUND and word not in german.STOP_WORDS
    }


class Compounds:
    """A frozen vocabulary, as ``vocabulary`` counted it, and the commonest words. An empty one splits nothing."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._stems: dict[str, str] = {}  # as written within a compound -> stem
        self._counts: Counter[str] = Counter()
        known = {clean(word): 1 for word in _COMMON.split()} if counts else {}
        for word, count in {**known, **counts}.items():
            stem = german.stem(word)
            # The shape that the stemmer leaves inside a longer word: without umlauts, ae as a.
            self._stems[_VOWEL_PAIR.sub(r"\1", word).translate(_UMLAUTS)] = stem
            if len(stem) >= SHORTEST_WORD or (len(stem) >= SHORTEST_LAST and len(word) > SHORTEST_WORD):
                self._stems.setdefault(stem, stem)
            self._counts[stem] += count

    def field(self, text: str) -> str:
        """The field ``p`` of a thing with the tokens of ``text``: for each compound its parts in order, then every shorter
        compound that stands in it (Menschenrecht, Rechtsverletzung in Menschenrechtsverletzung)."""
        if not self._stems:
            return ""
        stems = (part.partition(" ")[0] for part in f" {text}".split(f" {LANGUAGE}")[1:])
        return " ".join(part for stem in dict.fromkeys(stems) for part in self._listed(stem))

    def ends(self, token: str) -> list[str]:
        """The tokens of all known words with which ``token`` begins or ends: for a query that nothing else answers.

        All and not the likeliest: a word that only something withdrawn had, of which the vocabulary knows for a while,
        finds nothing and takes no other word's place.
        """
        if not token.startswith(LANGUAGE):
            return []
        stem = token[len(LANGUAGE) :][:LONGEST_COMPOUND]
        cuts = range(SHORTEST_WORD, len(stem) - SHORTEST_WORD + 1)
        found = [self._part(stem[:cut], last=False) for cut in cuts] + [
            self._part(stem[cut:], last=True) for cut in cuts
        ]
        return [f"{LANGUAGE}{own}" for own in dict.fromkeys(filter(None, found))]

    def split(self, stem: str) -> list[tuple[str, str]]:
        """The best split of ``stem``: (as written there, the part's own stem) for each; empty where it stays whole."""
        if len(stem) > LONGEST_COMPOUND:
            return []
        # best[end][n]: the highest sum of logarithms for the first ``end`` letters in n parts, and the last part.
        best: list[dict[int, tuple[float, int, str]]] = [{} for _ in range(len(stem) + 1)]
        best[0][0] = (0.0, 0, "")
        for start in range(len(stem)):
            if not best[start]:
                continue
            for end in range(start + SHORTEST_LAST, len(stem) + 1):
                part = self._part(stem[start:end], last=end == len(stem))
                if part:
                    _extend(best, start, end, part, math.log(self._counts[part]))
        candidates = [(total / n, n) for n, (total, _, _) in best[-1].items() if n > 1]
        if not candidates:
            return []
        mean, parts = max(candidates)
        own = self._counts.get(stem, 0)
        return [] if own and math.log(own / WORD_OF_ITS_OWN) > mean else list(_walk(best, stem, parts))

    def _part(self, text: str, *, last: bool) -> str:
        if last:
            return self._stems.get(text, "")
        if len(text) < SHORTEST_WORD:
            return ""
        for link in _LINKS:
            if text.endswith(link):
                base = text[: len(text) - len(link)]
                if len(base) >= SHORTEST_LAST and base in self._stems:
                    return self._stems[base]
        return ""

    def _listed(self, stem: str) -> list[str]:
        parts = self.split(stem)
        if not parts:
            return []
        found = [*(f"{LANGUAGE}{own}" for _, own in parts), SEPARATOR]
        for size in range(2, len(parts)):
            for start in range(len(parts) - size + 1):
                joined = "".join(written for written, _ in parts[start : start + size])
                shorter = joined if start + size == len(parts) else _LINKS_AT_END.sub("", joined)
                found += [f"{LANGUAGE}{german.stem(shorter)}", SEPARATOR]
        return found


WHOLE = Compounds({})
"""Splits nothing."""


def _extend(best: list[dict[int, tuple[float, int, str]]], start: int, end: int, part: str, weight: float) -> None:
    for n, (total, _, _) in best[start].items():
        known = best[end].get(n + 1)
        if n < MOST_PARTS and (known is None or known[0] < total + weight):
            best[end][n + 1] = (total + weight, start, part)


def _walk(best: list[dict[int, tuple[float, int, str]]], stem: str, parts: int) -> Iterator[tuple[str, str]]:
    found = []
    end = len(stem)
    for n in range(parts, 0, -1):
        _, start, part = best[end][n]
        found.append((stem[start:end], part))
        end = start
    return reversed(found)
