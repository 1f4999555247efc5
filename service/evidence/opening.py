"""The keeper of evidence that the settings name."""

from contextlib import nullcontext

from service.errors import SettingsWrong
from service.evidence.base import Evidence, Noting
from service.evidence.folder import EvidenceFolder
from service.settings import Settings


def open_evidence(settings: Settings, city: str | None = None) -> Evidence:
    """A folder in the data, or a bucket; SettingsWrong, ObstoreMissing or BucketTaken if it cannot be had.

    Args:
        settings: where it is.
        city: the id of the one that writes, see `service.upkeep.city_of`; who only reads leaves no trace.
    """
    if settings.bucket is None:
        return EvidenceFolder(settings.evidence)
    from service.evidence.bucket import open_bucket

    opened = open_bucket(settings.bucket, city)
    if city is not None:
        opened.begin()
    return opened


def take_bucket(settings: Settings, city: str, noting: Noting = nullcontext) -> str | None:
    """Make the bucket a city's, whoever's it was, and say whose; as `open_evidence`, and EvidenceAway.

    `noting` as of `EvidenceBucket.take`.
    """
    if settings.bucket is None:
        raise SettingsWrong(name="bucket")
    from service.evidence.bucket import open_bucket

    return open_bucket(settings.bucket, city).take(noting)
