"""A document after its first version: where its versions are used, how they differ, and how one is taken back or restored."""
