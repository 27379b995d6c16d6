"""Rebuild the reference geography from the packages and tables named in SOURCES.md."""
