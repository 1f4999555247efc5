"""Which pictures a camera took and which were made: numbers over the two are never mixed."""

from collections.abc import Mapping
from typing import Final

from datasets.records import Manifest, Sample
from training.errors import MixedPictures

REAL: Final = "real"
MADE: Final = ("rendered", "composed")
"""How the note of a picture begins that was not simply photographed."""


def origin_of(sample: Sample) -> str:
    """`real`, `rendered` or `composed`, as the note of the picture says."""
    return next((word for word in MADE if sample.note.startswith(word)), REAL)


def only_origin(manifest: Manifest) -> str:
    """The one origin of all pictures; real where there is none.

    Raises:
        MixedPictures: real and made pictures lie in one list.
    """
    counts: Mapping[str, int] = {word: sum(origin_of(sample) == word for sample in manifest) for word in (REAL, *MADE)}
    found = [word for word, count in counts.items() if count]
    if len(found) > 1:
        raise MixedPictures(**counts)
    return found[0] if found else REAL


def all_real(manifest: Manifest) -> Manifest:
    """Every photograph of training and test; look-alikes of test pictures stay out."""
    return manifest.role("train", "test").where(lambda sample: origin_of(sample) == REAL)
