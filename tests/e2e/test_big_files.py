"""A file larger than the memory that may be used for it goes through the running product, up and down."""

from __future__ import annotations

from bench import bench_big_file


def test_a_big_file_costs_no_memory(monkeypatch):
    # Three times what the processes may grow by; `make bench` does the same with 2 GB.
    monkeypatch.setattr(bench_big_file, "SIZE", 160 * bench_big_file.MEGABYTE)
    monkeypatch.setenv("DOCUMENT_MAX_SIZE", "0")  # the benchmark sets it; taken back afterwards
    memory, up, down = bench_big_file.run()
    assert memory.kept, f"a process grew by {memory.ours:.0f} MB"
    assert up.ours > 0
    assert down.ours > 0
