"""Renders scene descriptions with Blender: a tool of its own, started as a process, imported by nobody.

SPDX-License-Identifier: GPL-3.0-or-later
(bpy is GPL; this script and render_looks.py are the only files that touch it. It needs a venv with `bpy==5.0.1`,
`numpy<2` and `OpenEXR`. The pictures that it makes are not covered by that licence.)

    python render_scene.py JOB.json

The job: {"scenes": [FILE...], "textures": {name: file}, "models": {name: {...}}, "out": DIR, "size": [w, h],
"samples": n, "threads": n, "borders": {scene: [x0, y0, x1, y1]}}, a border in shares of the picture from below
left. For each scene it writes OUT/NAME.npz with `rgb` (H, W, 3) float16 linear, `depth` (H, W) float16 metres and
`index` (H, W) uint16, and prints one JSON line on stdout.
"""

import json
import math
import os
import resource
import sys
import time
from pathlib import Path

import bpy
import numpy as np
import OpenEXR
import soft
from mathutils import Matrix, Vector
from render_looks import MATERIALS, TEXTURES, leaf_look, material, node

MESHES = {}
JOB = {}


def mesh(points, faces, uv=None, smooth=False):
    """A mesh from points and faces; `uv` holds one pair a face corner."""
    made = bpy.data.meshes.new("m")
    made.from_pydata(np.asarray(points, float).tolist(), [], faces)
    if uv is not None:
        layer = made.uv_layers.new()
        layer.data.foreach_set("uv", np.asarray(uv, np.float32).ravel())
    if smooth:
        made.polygons.foreach_set("use_smooth", [True] * len(made.polygons))
    made.update()
    return made


def place(data, solid, look=None, scale=(1, 1, 1), at=None):
    """Stand an object in the scene, with the material on the object so that meshes can be shared."""
    made = bpy.data.objects.new("o", data)
    bpy.context.scene.collection.objects.link(made)
    made.location = at or solid["at"]
    made.rotation_euler = (math.radians(solid.get("tilt_deg", 0)), 0, math.radians(solid.get("turn_deg", 0)))
    made.scale = scale
    made.pass_index = solid["thing"]
    if look:
        if not data.materials:
            data.materials.append(None)
        made.material_slots[0].link = "OBJECT"
        made.material_slots[0].material = look
    return made


CUBE = [(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]
CUBE_FACES = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]


def block(solid):
    """A box; sizes are baked into the mesh so that bevels stay even."""
    points = [tuple(c * s for c, s in zip(corner, solid["size"], strict=True)) for corner in CUBE]
    bevel(place(mesh(points, CUBE_FACES), solid, material(solid["material"])), solid["bevel_m"])


def taper(solid):
    """A box that widens or narrows upward."""
    sides = {-0.5: solid["foot"], 0.5: solid["top"]}
    points = [(x * sides[z][0], y * sides[z][1], (z + 0.5) * solid["height"]) for x, y, z in CUBE]
    bevel(place(mesh(points, CUBE_FACES), solid, material(solid["material"])), solid["bevel_m"])


def bevel(made, width):
    """Round the edges of an object."""
    if width:
        rounding = made.modifiers.new("b", "BEVEL")
        rounding.width, rounding.segments = width, 2


def drum(solid, sides=24):
    """A cylinder or cone with smooth sides and flat ends."""
    angles = np.linspace(0, 2 * math.pi, sides, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles)], 1)
    points = [(x * solid["foot_m"], y * solid["foot_m"], 0) for x, y in ring]
    points += [(x * solid["top_m"], y * solid["top_m"], solid["height"]) for x, y in ring]
    faces = [(i, (i + 1) % sides, sides + (i + 1) % sides, sides + i) for i in range(sides)]
    faces += [tuple(range(sides - 1, -1, -1)), tuple(range(sides, 2 * sides))]
    made = mesh(points, faces)
    made.polygons.foreach_set("use_smooth", [True] * sides + [False, False])
    place(made, solid, material(solid["material"]))


def sheet(solid):
    """A rectangle with a picture edge to edge."""
    if "sheet" not in MESHES:
        corners = [(-0.5, 0, -0.5), (0.5, 0, -0.5), (0.5, 0, 0.5), (-0.5, 0, 0.5)]
        MESHES["sheet"] = mesh(corners, [(0, 1, 2, 3)], [(0, 0), (1, 0), (1, 1), (0, 1)])
    made = place(MESHES["sheet"], solid, material(solid["material"]), (solid["width"], 1, solid["height"]))
    lay = -90 if solid["facing"] == "sky" else 0
    made.rotation_euler = (math.radians(lay), math.radians(solid["spin_deg"]), math.radians(solid["turn_deg"]))


def tube(solid):
    """A round line."""
    curve = bpy.data.curves.new("c", "CURVE")
    curve.dimensions, curve.bevel_depth, curve.bevel_resolution = "3D", solid["radius"], 2
    line = curve.splines.new("POLY")
    line.points.add(len(solid["points"]) - 1)
    for point, spot in zip(line.points, solid["points"], strict=True):
        point.co = (*spot, 1)
    curve.materials.append(material(solid["material"]))
    place(curve, {**solid, "turn_deg": 0}, at=(0, 0, 0))


def bag(solid):
    """Something soft; a few meshes of each style are shared by all."""
    style = solid["style"]
    key = f"bag/{style}/{solid['seed']}"
    if key not in MESHES:
        points, faces = soft.knead(style, solid["seed"])
        MESHES[key] = mesh(points, faces.tolist(), smooth=style != "crumple")
    radii = solid["radii"]
    low = 1.0 if style == "fruit" else 0.62
    at = (solid["at"][0], solid["at"][1], solid["at"][2] + radii[2] * low)
    place(MESHES[key], solid, material(solid["material"]), radii, at)


def leaves(solid):
    """A cloud of small quads."""
    points, faces = soft.foliage(tuple(solid["radii"]), solid["count"], solid["leaf_m"], solid["seed"])
    place(mesh(points, faces.tolist()), solid, leaf_look(solid["material"]))


def model(solid):
    """A borrowed model, brought to metres and z up when first used."""
    name = solid["name"]
    if name not in MESHES:
        MESHES[name] = borrow(JOB["models"][name])
    data = MESHES[name]
    if solid["tint"]:
        data = repainted(data, name, solid["tint"])
    place(data, solid, scale=solid["scale"])


def borrow(facts):
    """Load an OBJ file as one mesh: foot centre at the origin, in the size that its catalogue gives."""
    before = set(bpy.data.objects)
    bpy.ops.wm.obj_import(filepath=facts["file"])
    parts = [o for o in bpy.data.objects if o not in before and o.type == "MESH"]
    bpy.ops.object.select_all(action="DESELECT")
    for part in parts:
        part.select_set(True)
    bpy.context.view_layer.objects.active = parts[0]
    if len(parts) > 1:
        bpy.ops.object.join()
    whole = bpy.context.view_layer.objects.active
    bpy.ops.object.transform_apply(location=True, rotation=True, scale=True)
    data = whole.data
    if facts["rotation"]:
        r = facts["rotation"]
        upright = Matrix(((1, 0, 0, 0), (0, 0, -1, 0), (0, 1, 0, 0), (0, 0, 0, 1)))
        data.transform(upright @ Matrix((r[0:3], r[3:6], r[6:9])).to_4x4() @ upright.inverted())
    points = np.array([v.co for v in data.vertices])
    low, high = points.min(0), points.max(0)
    foot = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    points = (points - foot) * (np.array(facts["size"]) / np.maximum(high - low, 1e-6))
    data.vertices.foreach_set("co", points.astype(np.float32).ravel())
    data.update()
    for look in data.materials:
        tint_glass(look)
    bpy.data.objects.remove(whole)
    return data


def tint_glass(look):
    """Glass that one could see through becomes dark and shiny, as panes of cars look from outside; chrome is metal."""
    surface = look.node_tree.nodes.get("Principled BSDF") if look and look.use_nodes else None
    if surface is None:
        return
    if surface.inputs["Alpha"].default_value < 0.45 and not surface.inputs["Alpha"].is_linked:
        surface.inputs["Base Color"].default_value = (0.015, 0.018, 0.02, 1)
        surface.inputs["Alpha"].default_value = 1
        surface.inputs["Roughness"].default_value = 0.05
    if look.name.startswith(("Chrome", "Mirror", "Reflector")):
        surface.inputs["Metallic"].default_value = 1
        surface.inputs["Roughness"].default_value = 0.15


def repainted(data, name, tint):
    """The same mesh with its largest colourful material in another colour."""
    key = f"{name}/{tint}"
    if key in MESHES:
        return MESHES[key]
    used = np.zeros(len(data.polygons), np.int32)
    data.polygons.foreach_get("material_index", used)
    area = np.zeros(len(data.polygons), np.float32)
    data.polygons.foreach_get("area", area)
    best, most = None, 0.0
    for slot, look in enumerate(data.materials):
        surface = look.node_tree.nodes.get("Principled BSDF") if look and look.use_nodes else None
        if surface is None or surface.inputs["Base Color"].is_linked:
            continue
        colour = surface.inputs["Base Color"].default_value[:3]
        weight = float(area[used == slot].sum()) * (0.05 + max(colour) - min(colour))
        if weight > most:
            best, most = slot, weight
    copy = data.copy()
    if best is not None:
        paint = copy.materials[best].copy()
        surface = paint.node_tree.nodes["Principled BSDF"]
        surface.inputs["Base Color"].default_value = (*tint, 1)
        surface.inputs["Roughness"].default_value = 0.3
        surface.inputs["Coat Weight"].default_value = 0.8
        copy.materials[best] = paint
    MESHES[key] = copy
    return copy


SHAPES = {
    "Block": block, "Taper": taper, "Drum": drum, "Sheet": sheet,
    "Tube": tube, "Bag": bag, "Leaves": leaves, "Model": model,
}  # fmt: skip


def illuminate(light):
    """Sky from horizon to zenith, and the sun."""
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    world.use_nodes = True
    tree = world.node_tree
    ground = tree.nodes["Background"]
    place_ = node(tree, "ShaderNodeTexCoord")
    split = node(tree, "ShaderNodeSeparateXYZ")
    ramp = node(tree, "ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].color = (*light["horizon"], 1)
    ramp.color_ramp.elements[1].color = (*light["zenith"], 1)
    ramp.color_ramp.elements[1].position = 0.6
    tree.links.new(place_.outputs["Generated"], split.inputs[0])
    tree.links.new(split.outputs[2], ramp.inputs[0])
    tree.links.new(ramp.outputs[0], ground.inputs["Color"])
    ground.inputs["Strength"].default_value = light["strength"]
    if not light["sun"]:
        return
    sun = light["sun"]
    lamp = bpy.data.lights.new("sun", "SUN")
    lamp.energy, lamp.angle = sun["strength"], math.radians(sun["softness_deg"])
    lamp.color = (1, 0.95, 0.87)
    stand = bpy.data.objects.new("sun", lamp)
    bpy.context.scene.collection.objects.link(stand)
    turn, rise = math.radians(sun["azimuth_deg"]), math.radians(sun["elevation_deg"])
    toward = Vector((math.sin(turn) * math.cos(rise), -math.cos(turn) * math.cos(rise), math.sin(rise)))
    stand.rotation_euler = toward.to_track_quat("Z", "Y").to_euler()


def aim(camera):
    """The camera of the scene."""
    lens = bpy.data.cameras.new("camera")
    lens.sensor_width, lens.lens = 36, camera["lens_mm"]
    stand = bpy.data.objects.new("camera", lens)
    bpy.context.scene.collection.objects.link(stand)
    bpy.context.scene.camera = stand
    stand.location = camera["at"]
    stand.rotation_euler = (Vector(camera["at"]) - Vector(camera["target"])).to_track_quat("Z", "Y").to_euler()
    stand.rotation_euler.rotate_axis("Z", math.radians(camera["roll_deg"]))


def set_up(name):
    """Cycles on the CPU, denoised, with depth and index passes."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.device, cycles.samples, cycles.use_adaptive_sampling = "CPU", JOB["samples"], False
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.denoising_input_passes, cycles.denoising_prefilter = "RGB_ALBEDO_NORMAL", "FAST"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 4, 2, 2
    cycles.transparent_max_bounces, cycles.transmission_bounces = 8, 2
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4
    scene.render.resolution_x, scene.render.resolution_y = JOB["size"]
    scene.render.threads_mode, scene.render.threads = "FIXED", JOB["threads"]
    layer = scene.view_layers[0]
    layer.use_pass_object_index = layer.use_pass_z = True
    settings = scene.render.image_settings
    settings.media_type = "MULTI_LAYER_IMAGE"
    settings.file_format, settings.color_depth, settings.exr_codec = "OPEN_EXR_MULTILAYER", "32", "NONE"
    border = JOB["borders"].get(name)
    scene.render.use_border = border is not None
    if border:
        scene.render.border_min_x, scene.render.border_min_y, scene.render.border_max_x, scene.render.border_max_y = (
            border
        )


def keep(exr, out):
    """Read the passes of an EXR file and keep them as an .npz file."""
    with OpenEXR.File(str(exr), separate_channels=False) as file:
        passes = {name: channel.pixels for part in file.parts for name, channel in part.channels.items()}
    rgb, depth, index = (next(v for k, v in passes.items() if word in k) for word in ("Combined", "Depth", "Index"))
    depth, index = (v if v.ndim == 2 else v[..., 0] for v in (depth, index))
    half = out.with_suffix(".part.npz")
    rgb, depth = (np.clip(v, 0, 6e4).astype(np.float16) for v in (rgb[..., :3], depth))
    np.savez_compressed(half, rgb=rgb, depth=depth, index=np.rint(index).astype(np.uint16))
    half.replace(out)
    exr.unlink()


def render(file):
    """Build one scene, render it, keep it."""
    MESHES.clear()
    MATERIALS.clear()
    bpy.ops.wm.read_factory_settings(use_empty=True)
    started, cpu = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    scene = json.loads(Path(file).read_text(encoding="utf-8"))
    for solid in scene["solids"]:
        SHAPES[solid["shape"]](solid)
    illuminate(scene["light"])
    aim(scene["camera"])
    set_up(Path(file).stem)
    built = time.monotonic()
    out = Path(JOB["out"]) / (Path(file).stem + ".npz")
    exr = out.with_suffix(".exr")
    bpy.context.scene.render.filepath = str(exr)
    bpy.ops.render.render(write_still=True)
    keep(exr, out)
    used = resource.getrusage(resource.RUSAGE_SELF)
    line = {
        "plate": str(out),
        "build_s": round(built - started, 1),
        "render_s": round(time.monotonic() - built, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime, 1),
        "objects": len(bpy.context.scene.objects),
        "memory_mb": used.ru_maxrss // 1024,
    }
    os.write(REPORT, (json.dumps(line) + "\n").encode())


if __name__ == "__main__":
    REPORT = os.dup(1)
    os.dup2(2, 1)  # Blender talks on stdout; ours carries one JSON line a scene
    JOB.update(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    TEXTURES.update(JOB["textures"])
    for scene_file in JOB["scenes"]:
        render(scene_file)
