"""Servers that others would use in our place, each small, honest, and in an environment of its own."""
