"""Rendered streets: a seed becomes a scene, a scene a plate, a plate many labelled pictures."""
