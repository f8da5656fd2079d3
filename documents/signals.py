"""What other apps may listen to."""

from django.dispatch import Signal

documents_withdrawn = Signal()
"""Sent in the transaction that took documents back from the public while their page stays.

Arguments: ``sender`` is Document, ``document_ids`` their primary keys. Whoever indexes pages that name them puts
these on the outbox here: with the withdrawal, or a process that died after it would leave them to be found by the words
of what is gone.
"""

document_processed = Signal()
"""Sent in the transaction that made a document ready or failed, or renewed its text.

Arguments: ``sender`` is Document, ``document_id`` its primary key, ``ready`` whether its public copy exists.
Text that arrives after publication must still be found: whoever indexes pages that name the document
puts them on the outbox here.
"""

embargo_changed = Signal()
"""Sent in the transaction that gave documents an embargo of their own, changed it, or noticed its end.

Arguments: ``sender`` is Document, ``document_ids`` their primary keys. Whoever indexes pages that name them puts
these on the outbox here.
"""

pages_rewritten = Signal()
"""Sent in the transaction that changed the text of pages behind their editors, because a file was erased.

Arguments: ``sender`` is Page, ``page_ids`` their primary keys. Whoever indexes them puts these on the outbox here.
"""
