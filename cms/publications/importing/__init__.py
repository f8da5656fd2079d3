"""Bulk import of publications: many rows in few statements, past nothing that a page needs.

``rows`` reads and judges a line, ``cleaning`` makes its HTML safe, ``sources`` finds its files,
``vocabulary`` the topics, places, terms and kinds that it names; ``writing`` makes the pages of a
batch, ``waiting`` publishes those whose files had to be checked first; ``run`` puts it together.
"""

from cms.publications.importing.run import Importer, Summary

__all__ = ["Importer", "Summary"]
