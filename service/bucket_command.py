"""`python -m service bucket take`: say that the bucket of evidence is this city's from now on."""

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from service.settings import Settings

GOOD: Final = 0


def take(settings: Settings, _: argparse.Namespace) -> int:
    """Mark the bucket as this city's, whoever's it was, and say whose; the audit trail keeps it.

    The line of the trail is made before the bucket is marked and kept after: a line that cannot be leaves the old mark.
    """
    from service.accounts.names import OPERATOR
    from service.clock import utc_now
    from service.domain.audit import AuditLine
    from service.evidence import take_bucket
    from service.upkeep import city_of, open_data

    store, now = open_data(settings), utc_now()
    facts: dict[str, str | None] = {"bucket": settings.bucket, "city": city_of(store, now)}

    @contextmanager
    def noting(was: str | None) -> Iterator[None]:
        facts["was"] = was
        with store.write() as rows:
            rows.audit.add(AuditLine(now, OPERATOR, "bucket.taken", "bucket", None, facts))
            rows.audit.seal()
            yield

    take_bucket(settings, str(facts["city"]), noting)
    store.engine.dispose()
    print(json.dumps(facts), flush=True)
    return GOOD


def add_bucket_verbs(verbs: Any, add: Callable[..., argparse.ArgumentParser], where: argparse.ArgumentParser) -> None:
    """Add the verb to the command."""
    bucket = verbs.add_parser("bucket", help="where pictures are kept").add_subparsers(required=True, metavar="VERB")
    add(bucket, "take", where, take, "say that the bucket is this city's from now on, whoever's it was")
