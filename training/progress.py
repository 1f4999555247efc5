"""Says how far a long loop is: a bar on a terminal, now and then a line where nobody watches one."""

import sys
import time
from collections.abc import Collection, Iterator
from typing import Final, TypeVar

from tqdm import tqdm

EVERY_S: Final = 20.0

Item = TypeVar("Item")


def told(items: Collection[Item], title: str) -> Iterator[Item]:
    """The same items; how many are done goes to stderr."""
    if sys.stderr.isatty():
        yield from tqdm(items, desc=title)
        return
    said_at = time.monotonic()
    for done, item in enumerate(items):
        if time.monotonic() - said_at > EVERY_S:
            said_at = time.monotonic()
            print(f"{title}: {done}/{len(items)}", file=sys.stderr, flush=True)
        yield item
