"""What a file says, page by page, read in a separate process that may die without harm.

Nothing in this package knows Django or the database: paths in, plain values out. The rest of the project calls the
functions of ``jobs``. Nothing is imported here, or every child would load what only its parent needs.
"""
