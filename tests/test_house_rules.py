"""Rules of the house that no linter knows."""

import ast
import importlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("detector", "datasets", "training", "service")
MODULE_LINES = 400
FUNCTION_LINES = 50


def tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    names = [name for name in listed.stdout.decode().split("\0") if name.endswith(suffixes)]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def modules(*packages: str) -> list[Path]:
    return [path for path in tracked(".py") if path.relative_to(ROOT).parts[0] in packages]


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in tracked(".py")}
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_of_the_packages_is_longer_than_50_lines() -> None:
    long = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path in modules(*PACKAGES)
        for node in functions(ast.parse(path.read_text(encoding="utf-8")))
        if (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    silent = [
        named(path)
        for path in modules(*PACKAGES, "benchmarks")
        if not (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").strip()
    ]
    assert silent == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    asked = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(\)")
    found = [
        f"{named(path)}:{number}"
        for path in modules("service", "detector")
        if named(path) not in ("service/clock.py", "detector/clock.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if asked.search(line)
    ]
    assert found == []


def test_only_training_and_benchmarks_know_torch() -> None:
    asked = re.compile(r"^\s*(import|from) (torch|torchvision|ultralytics)\b", re.MULTILINE)
    found = [
        named(p) for p in modules("service", "detector", "datasets") if asked.search(p.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_service_opens_no_pickle() -> None:
    asked = re.compile(r"^\s*(import|from) (pickle|shelve|dill|joblib|cloudpickle)\b|allow_pickle=True", re.MULTILINE)
    found = [named(p) for p in modules("service", "detector") if asked.search(p.read_text(encoding="utf-8"))]
    assert found == []


def test_the_package_called_datasets_is_ours() -> None:
    datasets = importlib.import_module("datasets")
    assert Path(str(datasets.__file__)).is_relative_to(ROOT)


def error_codes(*packages: str) -> list[str]:
    codes = []
    for path in modules(*packages):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            for line in node.body:
                target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
                value = getattr(line, "value", None)
                is_code = isinstance(target, ast.Name) and target.id == "code"
                if is_code and isinstance(value, ast.Constant) and isinstance(value.value, str):
                    codes.append(value.value)
    return codes


def test_an_error_code_belongs_to_one_error() -> None:
    assert {code: count for code, count in Counter(error_codes(*PACKAGES)).items() if count > 1} == {}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_error_code_of_service_and_detector_has_a_sentence(language: str) -> None:
    texts = json.loads((ROOT / "service/web/i18n" / f"{language}.json").read_text(encoding="utf-8"))
    told = {key.removeprefix("errors.") for key in flat(texts) if key.startswith("errors.")}
    spoken = set(error_codes("service", "detector"))
    assert sorted(spoken - told) == []


def flat(texts: dict[str, object], prefix: str = "") -> Iterator[str]:
    for key, value in texts.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from flat(value, f"{name}.")
        else:
            yield name


def test_both_languages_say_the_same_things() -> None:
    languages = [ROOT / "service/web/i18n" / f"{name}.json" for name in ("en", "zh")]
    english, chinese = (set(flat(json.loads(path.read_text(encoding="utf-8")))) for path in languages)
    counted_only_in_english = {key for key in english if key.endswith("_one")}
    assert english - counted_only_in_english == chinese


def test_no_file_names_a_path_of_one_machine() -> None:
    private = re.compile(r"(?<![\w.])/(root|home)/")
    here = Path(__file__).resolve()
    texts = tracked(".py", ".md", ".toml", ".sh", ".js", ".html", ".css", ".json", "Makefile", ".yaml", ".txt")
    found = [named(path) for path in texts if path != here and private.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_no_tracked_file_is_larger_than_20_megabytes() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    large = [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).stat().st_size > 20e6]
    assert large == []


def test_the_service_starts_without_torch() -> None:
    code = "import service.app, service.__main__, sys; print([m for m in ('torch', 'ultralytics') if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
