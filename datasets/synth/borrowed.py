"""Sizes of borrowed models that several modules stand in a street, in metres as the catalogue has them."""

from random import Random

from datasets.synth.scene import Colour, Model, Vec

SIZES: dict[str, Vec] = {
    "BlendSwap-CC-0/29": (1.2, 1.204, 0.12),  # pallet
    "BlendSwap-CC-0/42": (0.326, 0.311, 0.788),  # stool
    "BlendSwap-CC-0/60": (2.231, 2.227, 1.998),  # parasol
    "BlendSwap-CC-0/72": (0.815, 0.815, 0.897),  # barrel
    "BlendSwap-CC-0/73": (0.6, 0.589, 0.594),  # wooden crate
    "BlendSwap-CC-0/102": (0.609, 0.349, 0.315),  # plant
    "BlendSwap-CC-0/103": (1.701, 0.459, 0.508),  # bench
    "BlendSwap-CC-0/126": (0.818, 0.69, 1.171),  # plant
    "BlendSwap-CC-0/156": (2.081, 0.048, 1.039),  # pedestrian railing
    "BlendSwap-CC-0/160": (0.689, 0.277, 0.373),  # plant box
    "KatorLegaz/14": (0.495, 0.517, 0.85),  # café chair
    "KatorLegaz/15": (0.742, 0.742, 0.7),  # café table
    "KatorLegaz/16": (1.423, 0.6, 0.729),  # concrete bench
    "KatorLegaz/17": (1.426, 0.518, 0.8),  # painted bench
    "KatorLegaz/18": (0.79, 0.79, 0.858),  # park bin
    "KatorLegaz/26": (0.33, 0.33, 0.74),  # bullet bin
    "KatorLegaz/52": (1.86, 0.776, 0.75),  # folding table
    "KatorLegaz/62": (0.475, 0.371, 1.7),  # woman
    "KatorLegaz/64": (0.559, 0.413, 1.85),  # man
    "KatorLegaz/81": (0.325, 0.59, 1.425),  # hanging clothes
    "KatorLegaz/82": (0.621, 0.544, 1.162),  # hanging clothes
    "Reallusion/1": (0.466, 0.455, 1.655),
    "Reallusion/2": (0.53, 0.452, 1.682),
    "Reallusion/4": (0.61, 0.404, 1.862),
    "Reallusion/5": (0.806, 0.429, 1.825),
    "Reallusion/6": (0.557, 0.391, 1.84),
    "Reallusion/7": (0.627, 0.593, 1.847),
    "Reallusion/8": (0.435, 0.517, 1.665),
    "Reallusion/9": (0.676, 0.568, 1.655),
    "Reallusion/10": (0.579, 0.454, 1.662),
    "Scopia/12": (2.0, 1.003, 0.985),  # wooden bench
    "Scopia/90": (0.483, 0.557, 0.965),  # plastic chair
    "Scopia/131": (0.59, 0.601, 0.842),  # washing machine
    "Scopia/136": (0.263, 0.404, 0.122),  # folded clothes
    "Scopia/150": (0.244, 0.283, 0.164),  # shoes
    "Scopia/153": (0.366, 0.082, 1.56),  # broom
    "Scopia/174": (0.55, 0.35, 0.3),  # carton
    "Scopia/175": (1.0, 0.608, 0.616),  # chest freezer
    "Scopia/180": (0.815, 0.625, 0.437),  # open carton
    "Scopia/185": (0.578, 0.759, 1.8),  # step ladder
    "Scopia/187": (0.48, 0.812, 0.992),  # pushchair
    "Scopia/189": (0.374, 0.6, 0.434),  # tricycle for children
    "Scopia/203": (0.222, 0.283, 0.106),  # moccasins
    "Scopia/246": (0.46, 1.492, 0.843),  # bicycle
    "Scopia/262": (0.379, 0.379, 0.7),  # cone
    "Scopia/284": (3.003, 3.005, 3.401),  # party tent
    "Scopia/335": (1.119, 0.358, 1.251),  # clothes rack
    "Scopia/337": (0.768, 0.658, 0.27),  # basin
    "Scopia/338": (1.1, 1.1, 0.757),  # round table
    "Scopia/349": (0.585, 0.268, 1.75),  # mannequin
}
PEOPLE = tuple(name for name in SIZES if name.startswith("Reallusion") or name in ("KatorLegaz/62", "KatorLegaz/64"))


def borrow(
    name: str,
    at: Vec = (0, 0, 0),
    turn_deg: float = 0.0,
    thing: int = 0,
    scale: float = 1.0,
    tint: Colour | None = None,
) -> Model:
    """A borrowed model of `SIZES` that stands at `at`.

    Raises:
        KeyError: the table has no such model.
    """
    return Model(name=name, at=at, turn_deg=turn_deg, size=SIZES[name], scale=(scale,) * 3, tint=tint, thing=thing)


def person(rng: Random, at: Vec) -> Model:
    """Somebody who stands or walks."""
    return borrow(rng.choice(PEOPLE), at, rng.uniform(0, 360), scale=rng.uniform(0.92, 1.02))
