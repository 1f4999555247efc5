"""The same street after the work is done: what was reported is gone, everything else stands as before."""

import dataclasses

from datasets.synth.scene import Scene

REPORTABLE = frozenset({"litter", "overflowing_bin", "flying_wire", "out_of_store", "paper_ad", "spray_mark"})


def tidied(scene: Scene, gone: frozenset[str] = REPORTABLE) -> Scene:
    """A scene without its things of the kinds in `gone`: the after-photo, and a perfectly paired negative."""
    left = tuple(thing for thing in scene.things if thing.kind not in gone)
    kept = {thing.id for thing in left} | {0}
    return dataclasses.replace(scene, things=left, solids=tuple(solid for solid in scene.solids if solid.thing in kept))
