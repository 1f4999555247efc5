"""The demo city: an invented district, its pictures and cameras, loaded by the way that every picture goes."""
