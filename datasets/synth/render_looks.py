"""What surfaces look like, as Blender materials: the part of the render script that knows shader nodes.

SPDX-License-Identifier: GPL-3.0-or-later
(imported by render_scene.py alone, inside Blender's Python)
"""

import json
from pathlib import Path

import bpy

MATERIALS = {}
TEXTURES = {}


def material(look):
    """A Blender material for a look; equal looks share one."""
    key = json.dumps(look, sort_keys=True)
    if key in MATERIALS:
        return MATERIALS[key]
    made = bpy.data.materials.new("look")
    made.use_nodes = True
    tree = made.node_tree
    surface = tree.nodes["Principled BSDF"]
    surface.inputs["Base Color"].default_value = (*look["colour"], 1)
    surface.inputs["Roughness"].default_value = look["roughness"]
    surface.inputs["Metallic"].default_value = look["metal"]
    if look["picture"]:
        picture(tree, surface, look)
    if look["crease"]:
        crease(tree, surface, look["crease"])
    if look["glow"]:
        surface.inputs["Emission Color"].default_value = (*look["colour"], 1)
        surface.inputs["Emission Strength"].default_value = look["glow"]
    if look["translucent"]:
        blend(tree, surface, "ShaderNodeBsdfTranslucent", look["colour"], look["translucent"])
    if look["clear"]:
        blend(tree, surface, "ShaderNodeBsdfTransparent", look["colour"], look["clear"])
    MATERIALS[key] = made
    return made


def picture(tree, surface, look):
    """Lay a texture: over the sheet by its UV, or boxed in world metres with its height map as bump."""
    file = TEXTURES[look["picture"]]
    image = node(tree, "ShaderNodeTexImage")
    image.image = bpy.data.images.load(file, check_existing=True)
    tree.links.new(image.outputs["Color"], surface.inputs["Base Color"])
    if look["alpha"]:
        image.extension = "CLIP"
        times = node(tree, "ShaderNodeMath")
        times.operation = "MULTIPLY"
        times.inputs[1].default_value = look["alpha"]
        tree.links.new(image.outputs["Alpha"], times.inputs[0])
        tree.links.new(times.outputs[0], surface.inputs["Alpha"])
    if not look["tile_m"]:
        return
    geometry = node(tree, "ShaderNodeNewGeometry")
    scale = node(tree, "ShaderNodeVectorMath")
    scale.operation = "SCALE"
    scale.inputs["Scale"].default_value = 1 / look["tile_m"]
    tree.links.new(geometry.outputs["Position"], scale.inputs[0])
    height = node(tree, "ShaderNodeTexImage")
    height.image = bpy.data.images.load(str(Path(file).with_suffix(".height.jpg")), check_existing=True)
    height.image.colorspace_settings.name = "Non-Color"
    for texture in (image, height):
        texture.projection = "BOX"
        tree.links.new(scale.outputs[0], texture.inputs["Vector"])
    bump = node(tree, "ShaderNodeBump")
    bump.inputs["Strength"].default_value = 0.6
    bump.inputs["Distance"].default_value = 0.006
    tree.links.new(height.outputs["Color"], bump.inputs["Height"])
    tree.links.new(bump.outputs[0], surface.inputs["Normal"])


def crease(tree, surface, strength):
    """Wrinkles of thin film: the edges of Voronoi cells, as bump."""
    place = node(tree, "ShaderNodeTexCoord")
    cells = node(tree, "ShaderNodeTexVoronoi")
    cells.feature = "DISTANCE_TO_EDGE"
    cells.inputs["Scale"].default_value = 3.4
    swirl = node(tree, "ShaderNodeTexNoise")
    swirl.inputs["Scale"].default_value = 5
    bump = node(tree, "ShaderNodeBump")
    bump.inputs["Strength"].default_value = strength
    bump.inputs["Distance"].default_value = 0.22
    add = node(tree, "ShaderNodeMath")
    add.operation = "ADD"
    tree.links.new(place.outputs["Object"], cells.inputs["Vector"])
    tree.links.new(place.outputs["Object"], swirl.inputs["Vector"])
    tree.links.new(cells.outputs["Distance"], add.inputs[0])
    tree.links.new(swirl.outputs[0], add.inputs[1])
    tree.links.new(add.outputs[0], bump.inputs["Height"])
    tree.links.new(bump.outputs[0], surface.inputs["Normal"])


def blend(tree, surface, kind, colour, share):
    """Mix the surface with another shader."""
    other = node(tree, kind)
    other.inputs["Color"].default_value = (*colour, 1)
    mix = node(tree, "ShaderNodeMixShader")
    mix.inputs[0].default_value = share
    out = tree.nodes["Material Output"]
    tree.links.new(surface.outputs[0], mix.inputs[1])
    tree.links.new(other.outputs[0], mix.inputs[2])
    tree.links.new(mix.outputs[0], out.inputs["Surface"])


def node(tree, kind):
    """A new shader node."""
    return tree.nodes.new(kind)


def leaf_look(look):
    """Leaves: every one a little different, some light through them."""
    key = "leaf" + json.dumps(look, sort_keys=True)
    if key in MATERIALS:
        return MATERIALS[key]
    made = bpy.data.materials.new("leaf")
    made.use_nodes = True
    tree = made.node_tree
    surface = tree.nodes["Principled BSDF"]
    surface.inputs["Roughness"].default_value = look["roughness"]
    geometry = node(tree, "ShaderNodeNewGeometry")
    ramp = node(tree, "ShaderNodeValToRGB")
    dark, light = (tuple(c * f for c in look["colour"]) for f in (0.7, 1.7))
    ramp.color_ramp.elements[0].color = (*dark, 1)
    ramp.color_ramp.elements[1].color = (light[0] * 1.15, light[1], light[2], 1)
    tree.links.new(geometry.outputs["Random Per Island"], ramp.inputs[0])
    tree.links.new(ramp.outputs[0], surface.inputs["Base Color"])
    blend(tree, surface, "ShaderNodeBsdfTranslucent", [c * 1.6 for c in look["colour"]], 0.3)
    MATERIALS[key] = made
    return made
