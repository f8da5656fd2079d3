"""The measures themselves, on cases that were worked out by hand."""

from __future__ import annotations

import pytest

from tests.relevance.metrics import ndcg, recall, reciprocal_rank

GRADES = {"a": 3, "b": 2, "c": 1}
# The ideal order: 7/log2(2) + 3/log2(3) + 1/log2(4) = 7 + 1.8928 + 0.5
IDEAL = 9.3928


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [
        ("abc", 1.0),
        ("abcxyz", 1.0),
        ("", 0.0),
        ("xyz", 0.0),
        ("cba", (1 + 1.8928 + 3.5) / IDEAL),  # 1/1 + 3/1.5850 + 7/2
        ("xa", 4.4165 / IDEAL),  # 7/log2(3)
        ("ab", 8.8928 / IDEAL),
        ("xxxxxxxxxa", 2.0234 / IDEAL),  # 7/log2(11)
        ("xxxxxxxxxxa", 0.0),  # behind the tenth nothing counts
    ],
)
def test_ndcg(ranked, expected):
    assert ndcg(ranked, GRADES) == pytest.approx(expected, abs=1e-4)


def test_ndcg_of_more_judged_than_the_depth_can_still_be_whole():
    assert ndcg("abcdefghijkl", dict.fromkeys("abcdefghijkl", 1)) == 1.0
    assert ndcg("ba", {"a": 3, "b": 3, "c": 3}, depth=2) == 1.0


@pytest.mark.parametrize(("ranked", "expected"), [("a", 1.0), ("xb", 0.5), ("cxxa", 0.25), ("c", 0.0), ("", 0.0)])
def test_reciprocal_rank(ranked, expected):
    assert reciprocal_rank(ranked, GRADES) == expected


@pytest.mark.parametrize(
    ("ranked", "expected"), [("ab", 1.0), ("xxa", 0.5), ("c", 0.0), ("", 0.0), ("x" * 49 + "ab", 0.5)]
)
def test_recall(ranked, expected):
    assert recall(ranked, GRADES) == expected
