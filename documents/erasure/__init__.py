"""Destroying a file for good: two people, a list of what goes, steps that can be resumed, a ledger that outlives backups."""
