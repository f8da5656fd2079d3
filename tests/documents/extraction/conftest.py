"""Files on disk for the extractors."""

import pytest


@pytest.fixture
def stored(tmp_path):
    """Writes bytes to a file and gives its path."""

    def write(data, name="file"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write
