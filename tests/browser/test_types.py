"""What the pages' comments say of types holds, checked by TypeScript against the types of the OpenAPI document."""

import json
import shutil
import subprocess
from pathlib import Path

from tests.serving import serve
from tests.web.node import HERE, NODE, tsc
from tests.web.openapi_types import declared

WEB = Path(__file__).parents[2] / "service" / "web"
OPTIONS = {
    "allowJs": True,
    "checkJs": True,
    "noEmit": True,
    "strict": True,
    "target": "ES2024",
    "lib": ["ES2024", "DOM", "DOM.Iterable"],
    "module": "ES2022",
    "moduleResolution": "bundler",
    "types": [],
}
PROBE = """/** @param {Api.TicketListed} ticket */
export const probe = (ticket) => ticket.number + ticket.nonsense;
"""


def test_every_module_keeps_the_types_that_it_tells(tmp_path: Path) -> None:
    pages = tmp_path / "web"
    shutil.copytree(WEB / "js", pages / "js")
    shutil.copytree(HERE / "types" / "vendor", pages / "vendor")
    with serve(tmp_path / "city") as serving:
        document = serving.http.get("/openapi.json").json()
    (pages / "openapi.d.ts").write_text(declared(document), encoding="utf-8")
    (pages / "js" / "probe.js").write_text(PROBE, encoding="utf-8")
    (pages / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS, "include": ["js", "*.d.ts"]}))
    run = subprocess.run([NODE, tsc(), "-p", pages], capture_output=True, text=True, timeout=240)
    told = [line for line in run.stdout.splitlines() if "error TS" in line]
    mine = [line for line in told if "probe.js" in line]
    assert [line for line in told if line not in mine] == []
    assert len(mine) == 1, "the check that checks nothing"
    assert "nonsense" in mine[0]
