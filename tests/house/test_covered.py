"""The gate on coverage fails by name."""

import tomllib
from pathlib import Path

from deploy.checks.covered import findings

ROOT = Path(__file__).resolve().parents[2]


def measured(percent=95.0, branches=95, **files):
    return {
        "totals": {"percent_covered": percent, "covered_branches": branches, "num_branches": 100},
        "files": {
            name: {"missing_lines": lines, "missing_branches": missing} for name, (lines, missing) in files.items()
        },
    }


def test_all_is_well():
    assert findings(measured(**{"access/a.py": ([], []), "cms/b.py": ([1], [])}), 90, ["access/*.py"]) == []


def test_a_gap_in_a_security_module_is_named_with_its_lines_and_branches():
    found = measured(**{"access/a.py": ([3, 4], [[3, 5], [7, -1]])})
    assert findings(found, 90, ["access/*.py"]) == ["access/a.py: no test takes lines 3, 4; branches 3->5, 7->exit"]


def test_too_little_of_everything():
    assert findings(measured(percent=89.9, branches=80), 90, []) == [
        "Lines and branches are covered to 89.9 %, less than 90 %",
        "Branches are covered to 80.0 %, less than 90 %",
    ]


def test_a_module_that_was_renamed_does_not_slip_out():
    assert findings(measured(), 90, ["access/gone.py"]) == ["access/gone.py: no such module was measured"]


def test_each_pattern_fits_a_module():
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["dossier"]["coverage"]["whole"]
    assert [pattern for pattern in patterns if not list(ROOT.glob(pattern))] == []
