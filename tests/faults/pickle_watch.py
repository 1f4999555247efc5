"""Runs `python -m service` with an ear for pickles: every class that an unpickler asks for goes to a file.

Usage: `python -m tests.faults.pickle_watch FILE ARGUMENTS OF THE SERVICE`.
"""

import os
import sys


def main() -> int:
    """Listen, then become the service."""
    heard = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def listen(event: str, facts: tuple[object, ...]) -> None:
        if event == "pickle.find_class":
            os.write(heard, f"{facts}\n".encode())

    sys.addaudithook(listen)
    from service.__main__ import main as service

    return service(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
