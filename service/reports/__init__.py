"""Papers: what is counted and listed, as values, and how that becomes a sheet or a page."""
