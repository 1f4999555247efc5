"""What can go wrong between bytes and observations, each error a code and its facts.

DetectorError
├── PhotoError            a photo that cannot be used
│   ├── NotAnImage        photo.not_an_image
│   ├── EmptyPhoto        photo.empty
│   ├── PhotoNotFound     photo.not_found
│   ├── TruncatedPhoto    photo.truncated
│   ├── PhotoTooLarge     photo.too_large
│   └── TooManyPixels     photo.too_many_pixels
├── WeightsError          weights that must not run
│   ├── UnreadableCard    weights.unreadable_card
│   ├── HashMismatch      weights.hash_mismatch
│   └── NoEngine          weights.no_engine
├── TrackError            a vehicle's track that cannot be used
│   ├── NotATrack         track.not_a_track
│   └── TrackTooLarge     track.too_large
├── RecordingError        a vehicle's recording that cannot be opened
│   ├── NotARecording     recording.not_a_recording
│   ├── RecordingTooLarge recording.too_large
│   └── NoScratchRoom     recording.no_room
├── EdgeError             an edge computer that cannot begin or go on
│   ├── SpoolInUse        spool.in_use
│   ├── ReadingDied       edge.reading_died
│   ├── ReadingHangs      edge.reading_hangs
│   ├── PostingDied       edge.posting_died
│   └── PostingHangs      edge.posting_hangs
└── SourceError           a stream that cannot be read
    ├── SourceUnreachable source.unreachable
    ├── SourceSilent      source.silent
    │   └── SourceStalled
    ├── SourceForbidden   source.forbidden
    ├── NotAStream        source.not_a_stream
    ├── NoKeyframes       source.no_keyframes
    └── StreamTooLarge    source.too_large
"""

from typing import ClassVar

Fact = str | int | float | None


class DetectorError(Exception):
    """A code for machines and facts for the sentence that a page writes."""

    code: ClassVar[str] = "detector.error"

    def __init__(self, **facts: Fact) -> None:
        super().__init__(self.code, facts)
        self.facts: dict[str, Fact] = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({told})" if told else self.code


class PhotoError(DetectorError):
    """A photo that cannot be used."""

    code = "photo.unusable"


class NotAnImage(PhotoError):
    """The bytes are none of JPEG, PNG and WebP."""

    code = "photo.not_an_image"


class EmptyPhoto(PhotoError):
    """There are no bytes."""

    code = "photo.empty"


class PhotoNotFound(PhotoError):
    """A path leads to nothing that can be read."""

    code = "photo.not_found"


class TruncatedPhoto(PhotoError):
    """The header promises more than the body holds, or the body is damaged."""

    code = "photo.truncated"


class PhotoTooLarge(PhotoError):
    """More bytes than are accepted."""

    code = "photo.too_large"


class TooManyPixels(PhotoError):
    """The header announces more pixels than are decoded."""

    code = "photo.too_many_pixels"


class WeightsError(DetectorError):
    """Weights that must not run."""

    code = "weights.unusable"


class UnreadableCard(WeightsError):
    """The card is missing, is no TOML or lacks a field."""

    code = "weights.unreadable_card"


class HashMismatch(WeightsError):
    """A file is not the one that its card describes."""

    code = "weights.hash_mismatch"


class NoEngine(WeightsError):
    """The card holds no file for the wanted engine."""

    code = "weights.no_engine"


class SourceError(DetectorError):
    """A stream that cannot be read."""

    code = "source.unusable"


class SourceUnreachable(SourceError):
    """Nothing answers at the address."""

    code = "source.unreachable"


class SourceSilent(SourceError):
    """The connection stands but no frame arrives in time."""

    code = "source.silent"


class SourceStalled(SourceSilent):
    """It answered, and then sent nothing for the whole timeout: whether it is gone or takes its time, nobody knows."""


class SourceForbidden(SourceError):
    """The address, or one that it leads to, lies where this program may not connect."""

    code = "source.forbidden"


class NotAStream(SourceError):
    """What answers is no picture and no video."""

    code = "source.not_a_stream"


class NoKeyframes(SourceError):
    """It sends, but nothing that a picture could begin with."""

    code = "source.no_keyframes"


class StreamTooLarge(SourceError):
    """Its pictures have more pixels than are decoded; facts `width`, `height`, `limit`."""

    code = "source.too_large"


class TrackError(DetectorError):
    """A vehicle's track that cannot be used."""

    code = "track.unusable"


class NotATrack(TrackError):
    """It is neither GPX nor NMEA, or has no point with a place and a moment."""

    code = "track.not_a_track"


class TrackTooLarge(TrackError):
    """More bytes or points than are read; fact `limit`."""

    code = "track.too_large"


class RecordingError(DetectorError):
    """A vehicle's recording that cannot be opened."""

    code = "recording.unusable"


class NotARecording(RecordingError):
    """It is no folder, no archive, no video and no picture, or there is nothing in it."""

    code = "recording.not_a_recording"


class RecordingTooLarge(RecordingError):
    """It holds, or unpacks to, more than is read; fact `limit`."""

    code = "recording.too_large"


class NoScratchRoom(RecordingError):
    """The disk has no room to unpack a video of an archive; facts `bytes`, `free`."""

    code = "recording.no_room"


class EdgeError(DetectorError):
    """An edge computer that cannot begin or go on."""

    code = "edge.unusable"


class SpoolInUse(EdgeError):
    """Another process posts from this spool; fact `spool`."""

    code = "spool.in_use"


class ReadingDied(EdgeError):
    """The thread that reads a live source died of something nobody foresaw; fact `why`."""

    code = "edge.reading_died"


class ReadingHangs(EdgeError):
    """Nothing was read of a live source, and no try to read it came to an end; fact `seconds`."""

    code = "edge.reading_hangs"


class PostingDied(EdgeError):
    """The thread that posts died again and again, with nothing posted in between; facts `deaths`, `why`."""

    code = "edge.posting_died"


class PostingHangs(EdgeError):
    """One post, or one wait for the next, does not come to an end; fact `seconds`."""

    code = "edge.posting_hangs"
