"""All presets of this plugin, by the names that shops know. Each is a function beside this file."""

from cashwrap.promotions.presets import Preset

from . import presets_coupons as presets_coupons  # each is known once its file is imported
from . import presets_goods as presets_goods
from . import presets_order as presets_order
from . import presets_people as presets_people
from .making import MADE

PRESETS: tuple[Preset, ...] = tuple(sorted(MADE, key=lambda preset: preset.types))
