"""Fill an empty city with the invented district: by the same calls that the routes make, so it shows what was found."""

from service.api.city import City


def begin_demo(city: City) -> None:
    """Begin to load the district on a thread of its own; a city that holds it already is left alone."""
