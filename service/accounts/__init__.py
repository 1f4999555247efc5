"""Who asks: roles, people, keys and sessions."""
