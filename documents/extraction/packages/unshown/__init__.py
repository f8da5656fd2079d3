"""Words in the markup that no page shows: lists to choose from, conditions, codes of fields, names. They go, what is shown stays."""
