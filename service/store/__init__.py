"""Rows: tables, migrations and one repository a noun, all written in one transaction."""
