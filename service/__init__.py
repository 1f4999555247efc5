"""From observations to repaired streets: tickets, evidence, people and the pages they work on."""
