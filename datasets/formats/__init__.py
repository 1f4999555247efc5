"""Readers and writers: the only place in `datasets` that opens label files."""
