"""All presets of this plugin, by the names that shops know. Each is a function beside this file."""

from cashwrap.promotions.presets import Preset

from . import presets_goods, presets_order, presets_people
from .making import MADE

PRESETS: tuple[Preset, ...] = tuple(sorted(MADE, key=lambda preset: preset.types))

__all__ = ["PRESETS", "presets_goods", "presets_order", "presets_people"]
