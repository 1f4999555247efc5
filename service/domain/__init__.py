"""Decisions of casework as pure functions over values: no clock, no database, no web."""
