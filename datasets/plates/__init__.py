"""Number plates drawn and mounted on photographed vehicles, to learn to find them; no number is a real one."""
