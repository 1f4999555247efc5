"""How many cameras each of several watchmen takes, so that all are watched and none has much more than another."""


def most_of(total: int, rooms: dict[str, int], watchman: str) -> int:
    """How many of `total` cameras one watchman should have at most: the same for all, as far as each has room.

    What those with little room leave is shared out among the others. If the cameras are more than all rooms together,
    everybody has its room full, and some cameras are watched by nobody.

    >>> most_of(10, {"a": 100, "b": 100, "c": 100}, "a")
    4
    >>> most_of(10, {"a": 2, "b": 100}, "b")
    8
    >>> most_of(500, {"a": 100, "b": 100}, "a")
    100
    """
    left = total
    for place, (name, room) in enumerate(sorted(rooms.items(), key=lambda one: (one[1], one[0]))):
        share = -(-left // (len(rooms) - place))
        taken = min(room, share)
        if name == watchman:
            return taken
        left -= taken
    return 0
