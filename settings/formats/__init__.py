"""Dates as this site writes them, where Django's own formats of a language don't suit it."""
