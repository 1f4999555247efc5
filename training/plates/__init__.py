"""Learning to find number plates: a small network that starts from a published one."""
