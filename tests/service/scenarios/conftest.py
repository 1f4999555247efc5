"""A city inside this process, whose model sees one heap of litter on every picture; at the end its records hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.verifying import damages
from tests.build import a_detection
from tests.service.scenarios.desk import Desk
from tests.serving import serve


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serve(tmp_path / "city", a_detection("litter", 0.8)) as serving:
        yield Desk.of(serving)
    assert list(damages(serving.city.settings)) == []
