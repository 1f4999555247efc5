"""Figures that can be measured again: what a photo costs, what the service weighs, how fast it starts."""
