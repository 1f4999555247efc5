"""Objects on disk: durable, named by their hash, clean where they are shown."""

import errno
import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from detector.types import Image
from service.errors import EvidenceUnknown, StorageFull
from service.evidence import Damage, EvidenceFolder, scrub, served_jpeg
from tests.build import a_jpeg
from tests.fakes import black_out


@pytest.fixture
def evidence(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "data" / "evidence")


def test_what_is_written_is_read_again_under_its_hash(evidence: EvidenceFolder) -> None:
    sha256 = evidence.write(b"a heap of litter")
    assert evidence.read(sha256) == b"a heap of litter"
    assert list(evidence.names()) == [sha256]


def test_the_same_bytes_are_one_object_also_when_many_write_at_once(evidence: EvidenceFolder) -> None:
    with ThreadPoolExecutor(8) as writers:
        names = set(writers.map(evidence.write, [b"x" * 100_000] * 32))
    assert list(evidence.names()) == sorted(names)
    assert len(names) == 1
    assert evidence.sweep() == 0


def test_file_then_name_then_folder_are_synced_before_the_answer(
    evidence: EvidenceFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    sync, replace = os.fsync, Path.replace

    def noted_sync(descriptor: int) -> None:
        told.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().suffix or 'folder'}")
        sync(descriptor)

    def noted_replace(part: Path, target: Path) -> Path:
        told.append("rename")
        return replace(part, target)

    evidence.write(b"makes the folders")
    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    evidence.write(b"another object")
    assert told[-3:] == ["sync .part", "rename", "sync folder"]


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_or_broken_disk_is_said_and_leaves_nothing_behind(
    evidence: EvidenceFolder, monkeypatch: pytest.MonkeyPatch, trouble: int, call: str
) -> None:
    def fails(*_: object) -> None:
        raise OSError(trouble, os.strerror(trouble))

    evidence.path("a" * 64).parent.mkdir(parents=True)
    with monkeypatch.context() as broken:
        broken.setattr(os if call == "fsync" else Path, call, fails)
        with pytest.raises(StorageFull):
            evidence.write(b"a heap of litter")
    assert list(evidence.names()) == []
    assert evidence.sweep() == 0
    assert evidence.read(evidence.write(b"a heap of litter")) == b"a heap of litter"


def test_the_last_of_a_disk_is_left_for_verdicts_and_moves(tmp_path: Path) -> None:
    disk = os.statvfs(tmp_path)
    nearly_full = EvidenceFolder(tmp_path / "evidence", reserve_bytes=2 * disk.f_bavail * disk.f_frsize)
    with pytest.raises(StorageFull):
        nearly_full.write(b"a heap of litter")
    assert list(nearly_full.names()) == []


def test_a_scrub_finds_what_is_gone_and_what_has_changed(evidence: EvidenceFolder) -> None:
    kept, gone, changed = (evidence.write(data) for data in (b"kept", b"gone", b"changed"))
    evidence.path(gone).unlink()
    evidence.path(changed).write_bytes(b"rotten")
    assert list(scrub(evidence, [kept, gone, changed])) == [Damage(gone, "missing"), Damage(changed, "changed")]


def test_a_rotten_object_is_healed_by_writing_it_again(evidence: EvidenceFolder) -> None:
    sha256 = evidence.write(b"a heap of litter")
    evidence.path(sha256).write_bytes(b"rotten")
    evidence.write(b"a heap of litter")
    assert list(scrub(evidence, [sha256])) == []


def test_what_a_crash_left_half_written_is_swept_and_never_an_object(evidence: EvidenceFolder) -> None:
    sha256 = evidence.write(b"whole")
    evidence.path(sha256).with_name("half.part").write_bytes(b"ha")
    assert list(evidence.names()) == [sha256]
    assert evidence.sweep() == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "a" * 63, ""])
def test_no_name_but_a_hash_leads_to_a_file(evidence: EvidenceFolder, name: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        evidence.read(name)


def test_an_object_that_is_not_there_is_unknown(evidence: EvidenceFolder) -> None:
    with pytest.raises(EvidenceUnknown):
        evidence.read("a" * 64)


def test_the_served_picture_is_blurred_and_carries_no_metadata() -> None:
    exif = Pillow.Exif()
    exif[0x010E] = "a secret description"
    with Pillow.open(io.BytesIO(a_jpeg())) as plain:
        original = io.BytesIO()
        plain.save(original, format="JPEG", exif=exif)
    with Pillow.open(original) as picture:
        pixels: Image = np.asarray(picture.convert("RGB"))
    served = served_jpeg(pixels, black_out)
    assert b"secret" in original.getvalue()
    assert b"Exif" not in served
    with Pillow.open(io.BytesIO(served)) as shown:
        assert shown.size == (64, 48)
        assert not shown.getexif()
        assert shown.convert("L").getextrema() == (0, 0)
