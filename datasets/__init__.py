"""Labelled street pictures as values: sources, formats, checks, splits and synthesis."""
