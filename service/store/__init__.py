"""Rows: tables, migrations and one repository a noun, all written in one transaction."""

from service.store.engine import migrate, open_engine
from service.store.transaction import Store, Transaction

__all__ = ["Store", "Transaction", "migrate", "open_engine"]
