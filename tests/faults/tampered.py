"""S7: weights run only if they are those of their card, and the service opens no pickle."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.memory import mapped_libraries
from tests.faults.inspector import report
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import SERVICE, create_key, environment, running
from tests.faults.pictures import shot

TITLE: Final = "tampered weights are refused at the start; no pickle is opened, torch is never loaded"
CARD: Final = Path(os.environ.get("STREETWARDEN_WEIGHTS", "weights/current.toml"))
REFUSED_STATUS: Final = 2


def copy_weights(folder: Path) -> Path:
    """The card in use and its files, in another folder."""
    card = folder / CARD.name
    shutil.copy(CARD, card)
    for file in tomllib.loads(CARD.read_text(encoding="utf-8"))["files"]:
        (folder / file["path"]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CARD.parent / file["path"], folder / file["path"])
    return card


def model_file(card: Path) -> Path:
    """The file that the service runs."""
    files = tomllib.loads(card.read_text(encoding="utf-8"))["files"]
    return card.parent / str(next(file["path"] for file in files if file["engine"] == "onnxruntime"))


def flip_a_bit(file: Path) -> None:
    """One bit in the middle."""
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(bytes(body))


def cut_the_end(file: Path) -> None:
    """One byte less."""
    file.write_bytes(file.read_bytes()[:-1])


def swap_for_pickle(file: Path) -> None:
    """A pickle that would run a command."""
    file.write_bytes(b"\x80\x04cposix\nsystem\n(S'touch owned'\ntR.")


TAMPERINGS: Final = {"a flipped bit": flip_a_bit, "a cut end": cut_the_end, "a pickle instead": swap_for_pickle}
CARDS: Final = {"no card": None, "a card that is no TOML": "weights = ", "a card without files": 'name = "x"\n'}


def started_with(card: Path, folder: Path) -> dict[str, Any]:
    """Try to start the service with a card: exit status and the code on stderr."""
    command = [*SERVICE, "run", "--data", str(folder / "data"), "--port", "0"]
    env = environment({"STREETWARDEN_WEIGHTS": str(card)})
    try:
        ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return {"status": "still running", "said": ""}
    status = "READY" if "READY" in ended.stdout else ended.returncode
    return {"status": status, "said": ended.stderr.strip()[-300:].replace(str(folder), "")}


def refusals() -> list[dict[str, Any]]:
    """Start with every kind of wrong weights."""
    rounds = []
    for name, tamper in TAMPERINGS.items():
        with TemporaryDirectory(prefix="faults-") as folder:
            card = copy_weights(Path(folder))
            tamper(model_file(card))
            rounds.append(_judged(name, started_with(card, Path(folder)), "weights.hash_mismatch"))
    for name, text in CARDS.items():
        with TemporaryDirectory(prefix="faults-") as folder:
            card = Path(folder) / "card.toml"
            if text is not None:
                card.write_text(text, encoding="utf-8")
            rounds.append(_judged(name, started_with(card, Path(folder)), "weights.unreadable_card"))
    return rounds


def _judged(name: str, start: dict[str, Any], code: str) -> dict[str, Any]:
    good = start["status"] == REFUSED_STATUS and code in start["said"]
    return {"weights": name, **start, "broken": [] if good else [f"{name}: {start['status']}, {start['said'][-150:]}"]}


def pickles_opened() -> dict[str, Any]:
    """Run the service with an ear for pickles while it starts, takes a photo and answers; look for torch in memory."""
    with TemporaryDirectory(prefix="faults-") as folder:
        data, heard = Path(folder) / "data", Path(folder) / "heard"
        key = create_key(data, "inspector")["key"]
        command = (sys.executable, "-m", "tests.faults.pickle_watch", str(heard))
        with running(data, command=command) as service, service.client(key) as client:
            report(client, shot(1)).raise_for_status()
            torch = sorted(name for name in mapped_libraries(service.process.pid) if "torch" in Path(name).name)
        classes = heard.read_text(encoding="utf-8").splitlines()
    broken = [f"unpickled {one}" for one in classes] + [f"loaded {name}" for name in torch]
    return {"weights": "the real ones", "unpickled": classes, "torch": torch, "broken": broken}


def measure() -> Outcome:
    """All wrong weights, and an ear for pickles with the right ones."""
    rounds = [*refusals(), pickles_opened()]
    broken = [sentence for one in rounds for sentence in one["broken"]]
    return Outcome([broken_cases("S7", TITLE, broken, rounds, f"{len(rounds) - 1} kinds of wrong weights")])
