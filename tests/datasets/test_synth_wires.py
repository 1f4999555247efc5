"""Cords on rendered streets: where they hang, how they are drawn, what their boxes are, what only tests may see."""

import ast
import itertools
import json
import math
from pathlib import Path
from random import Random

import numpy as np
import pytest

from datasets.formats import manifest
from datasets.records import Label
from datasets.synth import __main__ as command
from datasets.synth import bikes, book, cords, fronts, grammar, unseen, wires
from datasets.synth.cords import catenary, hang
from datasets.synth.grammar import grow
from datasets.synth.lens import Lens
from datasets.synth.overlay import draw
from datasets.synth.plates import Plate, Quality, RendererMissing, render
from datasets.synth.reading import read_scene
from datasets.synth.scene import Camera, Light, Route, Scene, Sun, Thing, Tube, Vec
from datasets.synth.shots import Shot, doubled, intact, runs, tells_apart, thing_labels
from datasets.synth.ways import a_shot
from datasets.synth.yard import Yard, plain

WIDTH, HEIGHT = 320, 180
WIRE = Thing(1, "flying_wire")
SYNTH = Path(grammar.__file__).parent


def an_empty_scene(sun: Sun | None = None, roll_deg: float = 0.0) -> Scene:
    """A camera that looks at a wall five metres away."""
    light = Light((0.9, 0.9, 0.9), (0.7, 0.8, 0.9), 1.0, sun, 200)
    return Scene(1, "x", Camera((0, -5, 1), (0, 0, 1), 24, roll_deg), light, ())


def a_wall(depth_m: float = 5.0, shade: float = 0.5) -> Plate:
    rgb = np.full((HEIGHT, WIDTH, 3), shade, np.float32)
    depth = np.full((HEIGHT, WIDTH), depth_m, np.float32)
    return Plate(rgb, depth, np.zeros((HEIGHT, WIDTH), np.uint16))


def a_cord(*points: Vec, radius: float = 0.02) -> Tube:
    return Tube(points=points, radius=radius, material=plain("0b0b0b"), thing=1)


def length(line: tuple[Vec, ...]) -> float:
    return sum(math.dist(a, b) for a, b in itertools.pairwise(line))


@pytest.mark.parametrize("slack", [0.001, 0.05, 0.4])
@pytest.mark.parametrize("end", [(3.0, 0.0, 0.0), (1.5, -1.0, -2.2), (0.1, 0.0, -4.0)])
def test_a_catenary_ends_where_it_shall_and_has_its_length(end: Vec, slack: float) -> None:
    start: Vec = (0.0, 0.0, 3.0)
    stop = (end[0], end[1], 3.0 + end[2])
    line = catenary(start, stop, slack, 800)
    assert line[0] == pytest.approx(start, abs=1e-6)
    assert line[-1] == pytest.approx(stop, abs=1e-6)
    assert length(line) == pytest.approx(math.dist(start, stop) * (1 + slack), rel=2e-3)


def test_a_catenary_hangs_below_the_straight_line() -> None:
    line = catenary((0, 0, 2), (4, 0, 1), 0.1)
    assert all(z <= 2 - x / 4 + 1e-9 for x, _, z in line)


@pytest.mark.parametrize("strip", ["none", "air", "ground", "bag"])
def test_what_hangs_on_a_route_goes_from_the_house_to_the_bike_above_the_ground(strip: str) -> None:
    route = Route(((0.0, 0.0, 4.1), (0.0, -0.2, 4.0), (0.4, -1.2, 0.8)), strip)
    for seed in range(20):
        parts = hang(Random(seed), route, 3)
        lines = [part for part in parts if isinstance(part, Tube)]
        assert {part.thing for part in parts} == {3}
        assert lines[0].points[0] == route.path[0]
        assert all(point[2] >= 0 for line in lines for point in line.points)
        assert any(math.dist(line.points[-1], route.path[-1]) < 0.4 for line in lines)


@pytest.mark.parametrize("seed", range(8))
def test_routes_start_in_the_house_and_end_on_a_bike(seed: int) -> None:
    scene = grow(seed, "cord")
    assert len(scene.routes) == 5
    for route in scene.routes:
        assert route.path[0][1] >= -0.9
        assert 0.2 < route.path[-1][2] < 1.0
        assert route.path[-1][1] < 0


@pytest.mark.parametrize("kind", ["cord", "parked"])
def test_streets_without_a_built_cord_hold_nothing_labelled(kind: str) -> None:
    assert all(grow(seed, kind).things == () for seed in range(10))


@pytest.mark.parametrize("body", sorted(bikes.BODIES))
def test_a_bike_stands_on_the_ground_and_is_as_long_as_a_bike(body: str) -> None:
    made = bikes.ebike(Random(1), bikes.BODIES[body], "a3231f")
    spots = [point for part in made.parts if isinstance(part, Tube) for point in part.points]
    assert 1.3 < max(p[1] for p in spots) - min(p[1] for p in spots) < 2.2
    assert 0 <= min(p[2] for p in spots) < 0.06
    assert made.ports


def test_a_parked_bike_takes_its_ports_along() -> None:
    made = bikes.ebike(Random(1), bikes.BODIES["small"], "a3231f")
    stood = bikes.park(Yard(1, "x"), made, (5.0, -2.0, 0.0), 90.0)
    x, y, z = made.ports[0]
    assert stood.ports[0] == pytest.approx((5.0 - y, -2.0 + x, z))


def test_a_point_seen_through_the_lens_comes_back_from_its_depth() -> None:
    lens = Lens.of(Camera((1, -6, 2), (0.5, 0, 1), 28, 7.0), WIDTH, HEIGHT)
    spot = lens.points(np.full((HEIGHT, WIDTH), 4.0, np.float32))[40, 250]
    seen, away = lens.see(np.asarray(spot, float)[None])
    assert seen[0] == pytest.approx((250.5, 40.5), abs=0.01)
    assert away[0] == pytest.approx(4.0, abs=1e-4)


def test_the_lens_agrees_with_the_cameras_own_projection() -> None:
    camera = Camera((1, -6, 2), (0.5, 0, 1), 28)
    seen, _ = Lens.of(camera, WIDTH, HEIGHT).see(np.array([[0.3, -1.0, 0.4]]))
    assert seen[0] == pytest.approx(camera.project((0.3, -1.0, 0.4), WIDTH, HEIGHT), abs=1e-6)


@pytest.mark.parametrize("roll_deg", [0.0, 6.0])
def test_a_drawn_cord_covers_what_brute_force_says(roll_deg: float) -> None:
    scene, cord = an_empty_scene(roll_deg=roll_deg), a_cord((-0.6, -1.0, 1.7), (0.7, -1.4, 0.4))
    drawn = draw(a_wall(), scene, [cord], 1)
    lens = Lens.of(scene.camera, WIDTH, HEIGHT)
    along = np.linspace(0, 1, 4000)[:, None]
    spots, away = lens.see(np.array(cord.points[0]) * (1 - along) + np.array(cord.points[1]) * along)
    reach = cord.radius * lens.focal_px / away
    y, x = np.mgrid[0.5:HEIGHT, 0.5:WIDTH]
    near = np.full((HEIGHT, WIDTH), np.inf)
    for (sx, sy), wide in zip(spots[::8], reach[::8], strict=True):
        near = np.minimum(near, np.hypot(x - sx, y - sy) - wide)
    assert (drawn.plate.index[near < -0.5] == 1).all()
    assert (drawn.plate.index[near > 1.6] == 0).all()
    assert drawn.shown == pytest.approx(1.0)


def test_a_cord_behind_something_is_hidden_and_one_half_behind_is_half_shown() -> None:
    scene, cord = an_empty_scene(), a_cord((-1.0, -1.0, 1.0), (1.0, -1.0, 1.0))
    assert draw(a_wall(3.0), scene, [cord], 1).shown == 0
    plate = a_wall()
    plate.depth[:, : WIDTH // 2] = 2.0
    half = draw(plate, scene, [cord], 1)
    assert half.shown == pytest.approx(0.5, abs=0.02)
    assert not half.plate.index[:, : WIDTH // 2 - 2].any()


def test_drawing_leaves_the_plate_that_it_was_given() -> None:
    plate = a_wall()
    draw(plate, an_empty_scene(), [a_cord((-1, -1, 1), (1, -1, 1))], 1)
    assert not plate.index.any()
    assert (plate.rgb == 0.5).all()


def test_a_black_cord_stands_out_from_a_pale_wall_and_not_from_a_black_one() -> None:
    cord = [a_cord((-1, -1, 1), (1, -1, 1))]
    assert draw(a_wall(shade=0.6), an_empty_scene(), cord, 1).contrast > 0.3
    assert draw(a_wall(shade=0.012), an_empty_scene(), cord, 1).contrast < 0.1


def test_a_cord_that_nobody_can_see_beside_the_bare_street_is_told() -> None:
    scene = Scene(1, "x", an_empty_scene().camera, an_empty_scene().light, (), (WIRE,))
    built, bare = a_wall(), a_wall()
    built.index[80:84, 40:200] = 1
    shot = Shot(size=(WIDTH, HEIGHT))
    assert not tells_apart(built, bare, scene, shot)
    built.rgb[80:84, 40:200] = 0.1
    assert tells_apart(built, bare, scene, shot)
    assert tells_apart(bare, bare, scene, Shot(crop=(0.8, 0.0, 1.0, 1.0), size=(WIDTH, HEIGHT)))


def test_two_cords_on_one_another_are_doubled_and_two_side_by_side_are_not() -> None:
    one, near, far = (Label("flying_wire", x, 0.5, 0.2, 0.6) for x in (0.3, 0.33, 0.7))
    assert doubled((one, near))
    assert not doubled((one, far))


def test_the_sun_throws_the_cords_shadow_on_the_wall_below_it() -> None:
    cord = [a_cord((-1, -0.4, 1.5), (1, -0.4, 1.5))]
    shaded = draw(a_wall(), an_empty_scene(Sun(0.0, 45.0, 3.0, 0.6)), cord, 1).plate
    lens = Lens.of(an_empty_scene().camera, WIDTH, HEIGHT)
    row = int(lens.see(np.array([[0.0, 0.0, 1.1]]))[0][0, 1])
    assert shaded.rgb[row, WIDTH // 2].mean() < 0.45
    assert shaded.rgb[row + 12, WIDTH // 2].mean() == pytest.approx(0.5)


def test_a_cord_off_the_frame_is_not_drawn() -> None:
    drawn = draw(a_wall(), an_empty_scene(), [a_cord((30, -1, 1), (31, -1, 1))], 1)
    assert drawn.shown == 0
    assert not drawn.plate.index.any()


def a_mask(*boxes: tuple[int, int, int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    for x0, y0, x1, y1 in boxes:
        mask[y0:y1, x0:x1] = True
    return mask


def test_a_cord_behind_a_pole_has_one_box_and_one_behind_a_van_has_two() -> None:
    assert len(runs(a_mask((20, 50, 100, 52), (110, 50, 200, 52)))) == 1
    assert len(runs(a_mask((20, 50, 80, 52), (200, 50, 270, 52)))) == 2


def test_a_scrap_of_a_cord_has_no_box_of_its_own() -> None:
    (box,) = runs(a_mask((20, 50, 180, 52), (290, 50, 300, 54)))
    assert box[2] == pytest.approx(300 / WIDTH)


def test_however_often_a_cord_is_broken_it_has_two_boxes_at_most() -> None:
    assert len(runs(a_mask(*((x, 50, x + 30, 52) for x in range(5, 300, 60))))) <= 2


def test_the_box_of_a_thin_cord_is_padded_to_twelve_pixels_and_stays_in_the_picture() -> None:
    index = a_mask((0, 0, 2, 120)).astype(np.uint16)
    (label,) = thing_labels(index, WIRE, (WIDTH, HEIGHT))
    assert label.w * WIDTH == pytest.approx(12)
    assert label.xyxy[0] == 0
    assert label.h * HEIGHT == pytest.approx(120)


def test_a_window_that_leaves_a_scrap_of_a_thing_is_refused_and_one_without_it_is_not() -> None:
    index = a_mask((100, 40, 200, 140)).astype(np.uint16)
    scene = Scene(1, "x", an_empty_scene().camera, an_empty_scene().light, (), (Thing(1, "litter"),))

    def taken(x0: float, x1: float) -> bool:
        return intact(index, scene, Shot(crop=(x0, 0.0, x1, 1.0), size=(WIDTH, HEIGHT)))

    assert taken(0.0, 1.0)
    assert taken(0.0, 0.3)
    assert not taken(0.0, 0.35)
    assert taken(0.0, 0.5)


@pytest.mark.parametrize("seed", range(30))
def test_every_window_lies_in_the_plate_and_is_scaled_up_a_little_at_most(seed: int) -> None:
    shot = a_shot(Random(seed), (800, 450), (0.9, 0.05, 0.98, 0.6))
    x0, y0, x1, y1 = shot.crop
    assert 0 <= x0 < x1 <= 1 + 1e-9
    assert 0 <= y0 < y1 <= 1 + 1e-9
    assert max(shot.size) <= 1.81 * max((x1 - x0) * 800, (y1 - y0) * 450)
    assert shot.size[0] / shot.size[1] == pytest.approx((x1 - x0) * 800 / ((y1 - y0) * 450), rel=0.02)


def a_street_plate(scene: Scene) -> Plate:
    """What an empty street would give: nothing nearer than the ground and the wall at y = 0."""
    lens = Lens.of(scene.camera, WIDTH, HEIGHT)
    rays = lens.points(np.ones((HEIGHT, WIDTH), np.float32)) - lens.at
    with np.errstate(divide="ignore"):
        ground = np.where(rays[..., 2] < 0, -lens.at[2] / rays[..., 2], np.inf)
        wall = np.where(rays[..., 1] > 0, -lens.at[1] / rays[..., 1], np.inf)
    depth = np.minimum(np.minimum(ground, wall), 60).astype(np.float32)
    return Plate(np.full((HEIGHT, WIDTH, 3), 0.4, np.float32), depth, np.zeros((HEIGHT, WIDTH), np.uint16))


def test_one_plate_gives_different_cords_and_a_picture_without_any_from_the_same_seeds() -> None:
    scene = grow(3, "cord")
    plate, order = a_street_plate(scene), book.Order(shots=3)
    first = list(book.pictures_of(plate, "cord-3", scene, order))
    again = list(book.pictures_of(plate, "cord-3", scene, order))
    assert first == again
    assert all(not taken.labels for number, taken, _ in first if number % 3 == 2)
    boxes = [taken.labels for number, taken, _ in first if number % 3 != 2]
    assert any(boxes)
    assert len(set(boxes)) == len(boxes)
    assert not plate.index.any()


def test_a_scene_comes_back_from_its_file_as_it_was() -> None:
    for scene in (grow(2, "cord"), grow(5, "bins"), unseen.grow(1, "strung")):
        assert read_scene(json.loads(json.dumps(scene.to_json()))) == scene


def test_a_scene_without_routes_is_written_as_before_routes_were_known() -> None:
    assert "routes" not in grow(5, "bins").to_json()


def pictures_in(scene: Scene) -> set[str]:
    return {solid.material.picture for solid in scene.solids if hasattr(solid, "material")} - {""}


def test_no_training_scene_uses_a_surface_of_the_unseen() -> None:
    held_out = {*unseen.SURFACES, *unseen.FLOORS}
    assert all(not held_out & pictures_in(grow(1, kind)) for kind in grammar.KINDS)
    assert all(len(held_out & pictures_in(unseen.grow(seed))) == 2 for seed in range(6))


def test_training_and_the_unseen_share_no_front_body_paint_or_cord() -> None:
    assert not set(unseen.ASSETS.fronts) & set(fronts.FRONTS)
    assert not set(unseen.ASSETS.fronts.values()) & set(fronts.FRONTS.values())
    assert not set(unseen.BODIES) & set(bikes.BODIES)
    assert not set(unseen.BODIES.values()) & set(bikes.BODIES.values())
    assert not set(unseen.PAINTS) & set(bikes.PAINTS)
    for trait in ("cords", "strips", "bricks"):
        assert not set(getattr(unseen.CORDS, trait)) & set(getattr(cords.EVERYDAY, trait))
    assert not set(unseen.ASSETS.walls + unseen.ASSETS.pavings) & set(wires.WALLS + wires.PAVINGS)


def test_nothing_of_the_training_grammar_imports_the_unseen() -> None:
    knowing = set()
    for file in SYNTH.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            if "unseen" in names or (isinstance(node, ast.ImportFrom) and node.module == "datasets.synth.unseen"):
                knowing.add(file.stem)
    assert knowing == {"book", "__main__"}


def test_pictures_of_the_unseen_say_so_in_role_set_and_name() -> None:
    order = book.Order(scenes=3, seed=9000, unseen=True, twins=False)
    assert list(book.scenes_of(order)) == ["unseen_strung-9000", "unseen_cord-9001", "unseen_parked-9002"]


def test_several_kinds_are_taken_with_the_same_seeds() -> None:
    order = book.Order(scenes=2, seed=7, kinds=("cord", "parked"))
    assert list(book.scenes_of(order)) == ["cord-7", "cord-8", "parked-7", "parked-8"]


def test_a_plate_of_an_older_grammar_is_set_aside_with_its_scene(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREETWARDEN_CACHE", str(tmp_path / "no-renderer"))
    folder = tmp_path / "plates"
    folder.mkdir()
    (folder / "cord-1.json").write_text("the scene as it was", encoding="utf-8")
    (folder / "cord-1.npz").write_bytes(b"pixels")
    with pytest.raises(RendererMissing):
        render({"cord-1": grow(1, "cord")}, folder, Quality())
    kept = {file.suffix: file.read_bytes() for file in (folder / "older").iterdir()}
    assert kept == {".json": b"the scene as it was", ".npz": b"pixels"}


def test_plates_are_photographed_again_by_the_scenes_that_lie_beside_them(tmp_path: Path) -> None:
    scene = grow(3, "cord")
    plate = a_street_plate(scene)
    (tmp_path / "cord-3.json").write_text(json.dumps(scene.to_json()), encoding="utf-8")
    np.savez(tmp_path / "cord-3.npz", rgb=plate.rgb, depth=plate.depth, index=plate.index)
    told: list[object] = []
    count = book.reshoot(tmp_path, book.Order(shots=3, lights=("infrared",)), tmp_path / "out", told.append)
    found = manifest.read(tmp_path / "out")
    assert len(found) == count == len(list((tmp_path / "out/images/synth").iterdir()))
    assert {(sample.role, sample.source, sample.note) for sample in found} == {("train", "synth", "rendered infrared")}
    assert len(told) == 1


@pytest.mark.parametrize(("scene", "held_out"), [(unseen.grow(1, "cord"), False), (grow(3, "cord"), True)])
def test_held_out_plates_never_become_training_pictures(scene: Scene, held_out: bool, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(scene.to_json()), encoding="utf-8")
    (tmp_path / "a.npz").touch()
    with pytest.raises(ValueError, match="wrong role"):
        book.reshoot(tmp_path, book.Order(unseen=held_out), tmp_path / "out", print)


def test_a_plate_that_lost_its_scene_is_not_taken_for_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREETWARDEN_CACHE", str(tmp_path / "no-renderer"))
    (tmp_path / "cord-1.npz").write_bytes(b"pixels")
    with pytest.raises(RendererMissing):
        render({"cord-1": grow(1, "cord")}, tmp_path, Quality())
    assert not (tmp_path / "cord-1.npz").exists()
    assert (tmp_path / "older/cord-1.orphan").read_bytes() == b"pixels"


def test_a_changed_street_takes_its_older_twin_away_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREETWARDEN_CACHE", str(tmp_path / "no-renderer"))
    for name in ("strung-1", "strung-1-after"):
        (tmp_path / f"{name}.npz").write_bytes(b"pixels")
        (tmp_path / f"{name}.json").write_text("the scene as it was", encoding="utf-8")
    with pytest.raises(RendererMissing):
        render({"strung-1": grow(1, "strung")}, tmp_path, Quality())
    assert not list(tmp_path.glob("*.npz"))


def test_a_plate_that_is_half_written_is_not_photographed(tmp_path: Path) -> None:
    (tmp_path / "cord-1.part.npz").touch()
    assert book.reshoot(tmp_path, book.Order(), tmp_path / "out", print) == 0


def test_the_command_takes_several_kinds_and_refuses_an_unseen_kind_that_there_is_not() -> None:
    args = command.parser().parse_args(["--kind", "cord", "parked", "--lights", "day", "infrared", "--out", "x"])
    assert (args.kind, args.lights) == (["cord", "parked"], ["day", "infrared"])
    with pytest.raises(SystemExit):
        command.main(["--unseen", "--kind", "heap", "--out", "x"])
