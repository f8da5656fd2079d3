"""How good a ranking is, by graded judgements.

Grades are 3 (the text is about what was asked for), 2 (treats it), 1 (touches it) and 0 (does not). Where a measure
knows only relevant or not, 2 and more are relevant, as in the TREC Deep Learning tracks (Craswell et al. 2020).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2

RELEVANT = 2
"""The least grade that counts as relevant."""


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain of the first ``depth``: 1.0 where no other order is better.

    DCG is the sum of (2^grade - 1) / log2(rank + 1), rank from 1, divided by that of the ideal order of everything
    that was judged. Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20 (2002);
    the exponential gain from Burges et al., "Learning to rank using gradient descent", ICML 2005.
    """
    ideal = _dcg(sorted(grades.values(), reverse=True)[:depth])
    return _dcg(grades.get(key, 0) for key in ranked[:depth]) / ideal


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """1 / rank of the first relevant one, 0.0 without any; the mean over queries is MRR.

    Voorhees, "The TREC-8 question answering track report", 1999.
    """
    ranks = (rank for rank, key in enumerate(ranked, 1) if grades.get(key, 0) >= RELEVANT)
    return 1 / next(ranks, float("inf"))


def recall(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 50) -> float:
    """The share of the relevant ones that are among the first ``depth``.

    Manning, Raghavan and Schütze, "Introduction to information retrieval", 2008, section 8.3.
    """
    wanted = {key for key, grade in grades.items() if grade >= RELEVANT}
    return len(wanted & set(ranked[:depth])) / len(wanted)


def _dcg(grades: Iterable[int]) -> float:
    return sum((2**grade - 1) / log2(rank + 1) for rank, grade in enumerate(grades, 1))
