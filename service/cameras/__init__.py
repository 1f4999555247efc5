"""Who watches what: the register of cameras, and those whose frames the service fetches itself."""
