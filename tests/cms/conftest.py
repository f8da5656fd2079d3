"""A filled site, made once for all tests of a module: it takes its time."""

from __future__ import annotations

import pytest

from tests.cms.library import Library
from tests.kept import kept


@pytest.fixture(scope="module")
def library(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """``indirect`` says how many publications it has, 40 unless told. Tests that use it are ``shared_search``."""
    with kept(django_db_blocker, tmp_path_factory.mktemp("library")):
        yield Library(getattr(request, "param", 40))
