"""Trouble: time, clocks, deaths, power cuts, and a disk that is about to fail."""

from __future__ import annotations

from .acts import act
from .scene import Scene

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@act(10)
def wait(scene: Scene) -> object:
    """Time passes."""
    ms = scene.dice.choice((200, 1_500, 60_000, HOUR_MS))
    scene.device.clock.pass_ms(ms)
    return True


@act(3)
def set_clock(scene: Scene) -> object:
    """Somebody sets the clock, or its battery is empty."""
    ms = scene.dice.choice((-5_000, HOUR_MS, -HOUR_MS, DAY_MS, -DAY_MS, 365 * DAY_MS))
    if scene.chance(10):
        ms = 1_000 - scene.device.clock.wall_ms  # 1970
    elif scene.device.clock.wall_ms < 365 * DAY_MS:
        ms = scene.world.started_ms - scene.device.clock.wall_ms
    scene.device.clock.jump(ms)
    scene.say(f"the clock of {scene.device.name} jumps by {ms} ms")
    return True


@act(3)
def restart(scene: Scene) -> object:
    """Close the till in order and open it again."""
    scene.till.close()
    scene.world.reopen(scene.here)
    scene.say("restarted the till")
    return True


@act(3)
def kill(scene: Scene) -> object:
    """The process dies while nobody touches it."""
    scene.say(f"{scene.device.name} is killed")
    scene.world.restart(scene.here, scene.dice, power_cut=False)
    return True


@act(3)
def cut_power(scene: Scene) -> object:
    """The plug is pulled while nobody touches it."""
    scene.say(f"{scene.device.name} loses its power")
    scene.world.restart(scene.here, scene.dice, power_cut=True)
    return True


@act(14)
def invite_trouble(scene: Scene) -> object:
    """Something will go wrong soon: a death, a full disk, a failing one."""
    moment, kind = scene.dice.choice((
        ("commit", "die"), ("committed", "die"), ("write", "die"), ("ask", "die"),
        ("asked", "die"), ("flush", "die"), ("begin", "die"), ("commit", "die"),
        ("committed", "die"), ("commit", "eio"), ("commit", "full"), ("write", "eio"),
        ("flush", "eio"),
    ))  # fmt: skip
    scene.device.invite(moment, scene.dice.randint(1, 8), kind)
    scene.say(f"something will {kind} at {moment} soon")
    return True
