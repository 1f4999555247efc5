"""What the pages are made of: vendored files as their manifest says, small modules, nothing inline, every sentence."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from service.api.campaigns import CampaignChange
from service.domain.dossiers import Word
from service.domain.facts import FACTS

WEB = Path(__file__).parents[2] / "service" / "web"
MODULES = sorted((WEB / "js").rglob("*.js"))
PAGES = sorted((WEB / "pages").glob("*.html"))
LONGEST_MODULE = 300
IMPORT = re.compile(r'(?:from|import)\s*"([^"]+)"')
ASKED_FOR = re.compile(r'\bt\(\s*"([\w.]+)"')
NO_ACTIONS = {
    *(f"audit.{fault}" for fault in ("changed", "cut", "forged", "missing")),
    "place.missing",
    "upload.broken",
    "webhook.test",
}
LINES = {
    "approval.asked": "approval version",
    "bucket.taken": "bucket city was",
    "camera.changed": "changed",
    "camera.created": "kind pulled",
    "camera.looked_through": "host",
    "camera.zones_changed": "version zones shapes",
    "campaign.made": "name",
    "data.restored": "seq bucket city was",
    "dossier.confirm": "state",
    "dossier.read": "observation",
    "evaluation.imported": "name items unread",
    "evidence.original": "role",
    "grid.made": "version name street units",
    "inspection.recorded": "route found",
    "key.created": "name role camera",
    "lessons.exported": "pictures negatives boxes",
    "letter.written": "unit tickets number readings",
    "observation.judged": "verdict condition was",
    "observation.looked_again": "verdict condition agrees",
    "observation.settled": "stands first_by second_by",
    "photo.placed": "lat lon",
    "policy.saved": "seq version based_on from_at",
    "task.taken": "kind holder",
    "ticket.addressed": "address",
    "ticket.evidence": "picture role",
    "ticket.moved": "version",
    "upload.ended": "code",
    "upload.received": "camera bytes",
    "user.changed": "login was role unit_was unit disabled",
    "user.created": "login role unit",
    "webhook.retried": "url types delivery",
}
"""The facts of lines of the trail, but for hashes, which a page does not show."""

KNOWN_TO_THE_SERVICE = {f"notes.fields.{name}" for name in ("timer", "due_at", "step", "reason")}
WRITTEN_BY_CODE = (
    "errors.",
    "states.",
    "roles.",
    "reasons.",
    "resolutions.",
    "camera_kinds.",
    "camera_states.",
    "decisions.",
    "codecs.",
    "edge_troubles.",
    "model.subjects.",
    "actors.",
    "facts.",
    "timers.",
    "answers.",
    "open311.",
    "exports.",
    "nudges.",
)


def sentences() -> dict[str, str]:
    return dict(flat(json.loads((WEB / "i18n" / "en.json").read_text(encoding="utf-8"))))


def flat(tree: dict[str, object], prefix: str = "") -> list[tuple[str, str]]:
    leaves: list[tuple[str, str]] = []
    for key, value in tree.items():
        leaves += flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, str(value))]
    return leaves


@pytest.mark.parametrize("folder", [WEB / "vendor", Path(__file__).parent / "vendor"], ids=["pages", "tests"])
def test_the_vendored_files_are_those_of_their_manifest(folder: Path) -> None:
    packages = json.loads((folder / "manifest.json").read_text())["packages"]
    told = {file["file"]: file["sha256"] for package in packages for file in package["files"]}
    kept = [path for path in folder.iterdir() if path.name not in ("manifest.json", "update.mjs")]
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in kept} == told
    assert all(package["licence"] and package["version"] and package["npm_package"] for package in packages)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_a_module_is_short_and_says_what_it_is_for(module: Path) -> None:
    lines = module.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST_MODULE
    assert lines[0].startswith("/** ")


def test_modules_import_only_files_that_are_there() -> None:
    missing = [
        (module.name, name)
        for module in [*MODULES, *(WEB / "vendor").glob("*.js")]
        for name in IMPORT.findall(module.read_text(encoding="utf-8"))
        if not (module.parent / name).is_file()
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_holds_nothing_inline_and_names_files_that_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|https?://", text) == []
    named = re.findall(r'(?:href|src)="/static/([^"]+)"', text)
    assert [name for name in named if not (WEB / name).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_preloads_all_modules_that_it_needs(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    preloaded = set(re.findall(r'rel="modulepreload" href="/static/([^"]+)"', text))
    (start,) = re.findall(r'<script type="module" src="/static/([^"]+)"', text)
    assert preloaded == needed_by(WEB / start) - {start}


def needed_by(module: Path) -> set[str]:
    """A module and all that it imports, directly or not."""
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        path = waiting.pop().resolve()
        if path not in found:
            found.add(path)
            waiting += [path.parent / name for name in IMPORT.findall(path.read_text(encoding="utf-8"))]
    return {str(path.relative_to(WEB)) for path in found}


def test_every_sentence_that_a_module_asks_for_is_written() -> None:
    asked = {key for module in MODULES for key in ASKED_FOR.findall(module.read_text(encoding="utf-8"))}
    written = sentences()
    assert sorted(asked - set(written)) == []


def test_every_action_of_the_audit_trail_has_words_in_both_languages() -> None:
    """As modules write them that write the trail; some of them hold names of files and codes of that form, too."""
    texts = [path.read_text(encoding="utf-8") for path in (WEB.parent).rglob("*.py") if "migrations" not in path.parts]
    named = {name for text in texts if "AuditLine(" in text for name in re.findall(r'"([a-z_]+\.[a-z_]+)"', text)}
    others = {name for name in named if name.endswith((".json", ".jsonl", ".lock", ".sqlite", ".toml", ".geojson"))}
    for lang in ("en", "zh"):
        told = json.loads((WEB / "i18n" / f"{lang}.json").read_text(encoding="utf-8"))["audit"]
        actions = {f"{group}.{name}" for group, names in told["actions"].items() for name in names}
        assert sorted(named - others - NO_ACTIONS - actions) == []
        assert {f"dossier.{word}" for word in Word} | {"approval.confirmed", "approval.refused"} <= actions


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_fact_of_a_line_of_the_trail_has_words(lang: str) -> None:
    told = json.loads((WEB / "i18n" / f"{lang}.json").read_text(encoding="utf-8"))["audit"]
    actions = {f"{group}.{name}" for group, names in told["actions"].items() for name in names}
    facts = {fact for line in LINES.values() for fact in line.split()} | set(CampaignChange.model_fields)
    assert (sorted(LINES.keys() - actions), sorted(facts - told["facts"].keys())) == ([], [])


def test_every_fact_that_a_person_may_note_has_words() -> None:
    written = sentences()
    noted = [row for row in FACTS if row.roles]
    fields = {f"notes.fields.{name}" for row in noted for name in (*row.needs, *row.may_say)} - KNOWN_TO_THE_SERVICE
    wanted = (
        {f"notes.{row.kind}" for row in noted} | fields | {f"answers.{word}" for row in noted for word in row.results}
    )
    assert sorted(wanted - set(written)) == []


def test_no_sentence_is_written_in_a_module() -> None:
    told = re.compile(r">[^<>${}`]*[A-Za-z]{3,} [A-Za-z]{2,}[^<>${}`]*<|[\u4e00-\u9fff]")
    found = [
        (module.name, line.strip())
        for module in MODULES
        for line in module.read_text(encoding="utf-8").splitlines()
        if told.search(line) and "=>" not in line and not line.strip().startswith(("*", "//", "/**"))
    ]
    assert found == []


def test_no_sentence_is_written_for_nobody() -> None:
    code = "\n".join(module.read_text(encoding="utf-8") for module in MODULES)
    groups = set(re.findall(r'"([\w.]+)\.?\$\{|t\(`([\w.]+[._])\$\{', code))
    built = tuple(prefix for pair in groups for prefix in pair if prefix)
    idle = [
        key
        for key in sentences()
        if not key.startswith((*WRITTEN_BY_CODE, *built))
        and f'"{key}"' not in code
        and f'"{key.removesuffix("_one")}"' not in code
    ]
    assert idle == []
