"""What each hostile file costs, a JSON line each: CPU seconds and the process's peak memory until then, in MB."""

import json
import time
from pathlib import Path

from detector.errors import PhotoError
from detector.images import open_photo
from tests.detector.hostile import DECODABLE, NOT_AN_IMAGE, TOO_MANY_PIXELS, TRUNCATED


def peak_mb() -> float:
    """The highest resident memory since `forget_peak`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def forget_peak() -> None:
    """Linux forgets the peak when 5 is written here."""
    Path("/proc/self/clear_refs").write_text("5")


def main() -> None:
    """Measure every file after the memory of making it is returned."""
    for name, make in {**NOT_AN_IMAGE, **TRUNCATED, **TOO_MANY_PIXELS, **DECODABLE}.items():
        data = make()
        forget_peak()
        began = time.process_time()
        try:
            open_photo(data)
            answer = "decoded"
        except PhotoError as error:
            answer = error.code
        cost = {"name": name, "answer": answer, "cpu_s": time.process_time() - began, "peak_mb": peak_mb()}
        print(json.dumps(cost))


if __name__ == "__main__":
    main()
