"""Benchmarks. Each measures beside a floor or a peer in the same run, because seconds depend on the machine."""
