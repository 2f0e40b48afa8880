"""Devices of plugins: how they do, to the register, to programs and to the doctor."""

from cashwrap.doctor import examine

DEVICES = """
from cashwrap.host.offers import Device, DeviceState

STATES = {"printer": DeviceState("ok"), "drawer": DeviceState("lost", {"en": "no cable"})}

@hookimpl
def cashwrap_devices():
    return [
        Device(name=name, kind="printer", title={"en": name.title(), "zh-CN": name},
               look=lambda name=name: STATES[name])
        for name in ("printer", "drawer", "odd")
    ]
"""


def states(till):
    return {one.name: one.state for one in till.devices()}


def test_they_are_looked_at_every_minute(device):
    """And when somebody asks; what a look raises is that nothing is known."""
    device.plugin("desk", DEVICES)
    till = device.open()
    assert set(states(till).values()) == {"unknown"}
    till.work()
    assert states(till) == {"printer": "ok", "drawer": "lost", "odd": "unknown"}
    desk = till.host.plugins["desk"].manager.get_plugin("desk")
    desk.STATES = {**desk.STATES, "drawer": desk.STATES["printer"]}
    till.work()
    assert states(till)["drawer"] == "lost"
    device.shop.clock.pass_ms(60_000)
    till.work()
    assert states(till)["drawer"] == "ok"
    assert till.host.plugins["desk"].faults == 0


def test_one_that_is_set_aside_shows_none(device):
    """Its devices are gone while it is, and back with it."""
    device.plugin("desk", DEVICES)
    till = device.open()
    till.work()
    till.host.set_aside("desk", "by hand")
    assert states(till) == {}
    till.host.restore("desk")
    assert len(states(till)) == 3


def test_wrong_devices_are_a_fault(device, told):
    """Two of one name, or a kind that there is not."""
    device.plugin("twice", DEVICES.replace('"printer", "drawer", "odd"', '"printer", "printer"'))
    device.plugin("kind", DEVICES.replace('kind="printer"', 'kind="toaster"'))
    till = device.open()
    assert states(till) == {}
    till.work()
    assert told() == ["plugin.faulted"] * 2


def test_the_doctor_says_what_is_lost(device):
    """As the till saw it last, also while it sells."""
    device.plugin("desk", DEVICES)
    till = device.open()
    till.work()
    found = {one.check: one for one in examine(till, witness=[])}
    assert found["plugins.desk.printer"].level == "good"
    assert found["plugins.desk.drawer"].level == "bad"
    assert "no cable" in found["plugins.desk.drawer"].found.en
    assert found["plugins.desk.odd"].level == "look"
