"""What scales send becomes the weight that it says, or none: never another."""

from functools import reduce
from operator import xor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cashwrap_plugins.devices.scale_protocols import PROTOCOLS
from cashwrap_plugins.devices.scales import Latest, NoWeight
from cashwrap_plugins.devices.settings import ScaleSettings
from cashwrap_plugins.devices.weights import Send, Trouble, Weight, milli_of

weights = st.integers(0, 29_999)


def bcc(body):
    return bytes((reduce(xor, body),))


def toledo(milli):
    return b"\x02%02d.%03d\r" % divmod(milli, 1000)


def cas_ap(milli):
    body = b"S %02d.%03dkg" % divmod(milli, 1000)
    return b"\x01\x02" + body + bcc(body) + b"\x03\x04"


def st_gs(milli):
    return f"ST,GS,+{milli / 1000:7.3f}kg\r\n".encode()


def cas_22(milli):
    return b"ST,GS,\x41\xc3,+" + f"{milli / 1000:7.3f}".encode() + b" kg\r\n"


def yaohua(milli):
    body = b"+%06d3" % milli
    return b"\x02" + body + b"%02X\x03" % reduce(xor, body)


def sma(milli):
    return b"\n 1G  " + f"{milli / 1000:10.3f}".encode() + b"kg \r"


def sics(milli):
    return f"S S {milli / 1000:10.3f} kg\r\n".encode()


FRAMES = {
    "toledo_8217": toledo, "cas_ap": cas_ap, "st_gs": st_gs, "cas_22": cas_22, "yaohua": yaohua,
    "sma": sma, "mt_sics": sics,
}  # fmt: skip
CHECKED = ("cas_ap", "yaohua")
few = settings(max_examples=40, deadline=None)
every = pytest.mark.parametrize("name", FRAMES)


def heard(name, *pieces):
    """Return what a protocol makes of bytes that come in pieces."""
    protocol = PROTOCOLS[name]
    framer = protocol.framer()
    return [told for piece in pieces for told in framer.feed(piece, protocol.parse)]


def millis(told):
    return [milli_of(one, one.unit or "kg", "kg") for one in told if isinstance(one, Weight)]


def test_there_is_a_frame_of_each_protocol():
    assert FRAMES.keys() == PROTOCOLS.keys()


@every
@few
@given(milli=weights)
@example(milli=0)
@example(milli=29_999)
def test_a_frame_is_its_weight(name, milli):
    """To the gram, and at rest."""
    (told,) = heard(name, FRAMES[name](milli))
    assert millis([told]) == [milli]
    assert told.stable


@every
@few
@given(data=st.data())
def test_it_does_not_matter_how_the_bytes_are_split(name, data):
    """What a port gives at once is chance; also between noise."""
    parts = st.one_of(weights.map(FRAMES[name]), st.binary(max_size=20))
    stream = b"".join(data.draw(st.lists(parts, max_size=6)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert heard(name, *pieces) == heard(name, stream)


@every
@few
@given(noise=st.binary(max_size=200), milli=weights)
def test_noise_raises_nothing_and_the_frames_after_it_count(name, noise, milli):
    """At the latest the third: the first ones may be eaten by a frame that the noise began."""
    told = heard(name, noise, FRAMES[name](milli) * 3)
    assert millis(told[-1:]) == [milli]


@every
@few
@given(milli=weights, end=st.integers(0, 30))
def test_a_frame_that_is_cut_short_is_no_weight(name, milli, end):
    """The rest is a later frame's trouble."""
    frame = FRAMES[name](milli)
    whole = len(frame.rstrip(b"\n")) if name != "sma" else len(frame)
    assert millis(heard(name, frame[: min(end, whole - 1)])) == []


@every
@few
@given(milli=weights, at=st.integers(0, 30))
def test_a_byte_with_a_wrong_parity_is_no_weight(name, milli, at):
    """Seven-bit scales at a port that does not check it; the lamps of CAS may be any byte."""
    frame = bytearray(FRAMES[name](milli).removesuffix(b"\n"))
    at %= len(frame)
    if name == "cas_22" and at in (6, 7):
        return
    frame[at] |= 0x80
    assert millis(heard(name, bytes(frame))) == []


@pytest.mark.parametrize("name", CHECKED)
@few
@given(milli=weights, at=st.integers(0, 30), byte=st.integers(0, 255))
def test_one_wrong_byte_is_never_another_weight(name, milli, at, byte):
    """Where the frame has a check sum, it is held."""
    frame = bytearray(FRAMES[name](milli))
    frame[at % len(frame)] = byte
    assert set(millis(heard(name, bytes(frame)))) <= {milli}


@pytest.mark.parametrize("name", [name for name in FRAMES if name not in CHECKED])
@few
@given(milli=weights, at=st.integers(0, 30))
def test_a_lost_byte_is_never_twice_another_weight(name, milli, at):
    """Without a check sum only equal readings tell: a damaged one has to come twice in a row."""
    latest = Latest(ScaleSettings(name="a", port="x", protocol=name), PROTOCOLS[name])
    frame = FRAMES[name](milli)
    at %= len(frame)
    for number, each in enumerate([frame, frame, frame[:at] + frame[at + 1 :], frame]):
        for told in heard(name, each):
            latest.take(told or Trouble("garbled"), number * 0.1)
            try:
                found = latest.reading(number * 0.1)
            except NoWeight:
                continue
            assert not found.stable or found.quantity_milli == milli


# Worked examples, as manuals have them.

SEEN = [
    ("toledo_8217", b"\x0201.250\r", Weight(1250, 3)),
    ("toledo_8217", b"\x0200.500N\r", Weight(500, 3)),
    ("toledo_8217", b"\x02?\x01\r", Trouble("moving")),
    ("toledo_8217", b"\x02?\x02\r", Trouble("over")),
    ("toledo_8217", b"\x02?\x04\r", Trouble("under")),
    ("toledo_8217", b"\x02?\x40\r", Trouble("fault")),
    ("cas_ap", b"\x06", Send(b"\x11")),
    ("cas_ap", b"\x01\x02U 01.250kg" + bcc(b"U 01.250kg") + b"\x03\x04",
     Weight(1250, 3, "kg", stable=False)),
    ("cas_ap", b"\x01\x02S-00.100kg" + bcc(b"S-00.100kg") + b"\x03\x04", Weight(-100, 3, "kg")),
    ("cas_ap", b"\x01\x02F 00.000kg" + bcc(b"F 00.000kg") + b"\x03\x04", Trouble("over")),
    ("cas_ap", b"\x01\x02S 01.250kg\x00\x03\x04", None),
    ("st_gs", b"ST,GS,+  4.876kg\r\n", Weight(4876, 3, "kg")),
    ("st_gs", b"US,GS,+  4.876kg\r\n", Weight(4876, 3, "kg", stable=False)),
    ("st_gs", b"ST,NT,-  0.250kg\r\n", Weight(-250, 3, "kg")),
    ("st_gs", b"ST,GS,+   1250 g\r\n", Weight(1250, 0, "g")),
    ("st_gs", b"ST,GS,+  2.500\xbd\xef\r\n", Weight(2500, 3, "斤")),
    ("st_gs", b"OL,GS,+9999999kg\r\n", Trouble("over")),
    ("cas_22", b"ST,GS,\x01\x80,+  1.250 kg\r\n", Weight(1250, 3, "kg")),
    ("cas_22", b"OL,GS,\x01\x80,+  0.000 kg\r\n", Trouble("over")),
    ("yaohua", bytes.fromhex("02 2B 303032303030 32 3142 03"), Weight(2000, 2)),
    ("sma", b"\n 1GM      1.250kg \r", Weight(1250, 3, "kg", stable=False)),
    ("sma", b"\nO1G       0.000kg \r", Trouble("over")),
    ("sma", b"\nU1G       0.000kg \r", Trouble("under")),
    ("sma", b"\nE1G       0.000kg \r", Trouble("fault")),
    ("mt_sics", b"S S      1.25 kg\r\n", Weight(125, 2, "kg")),
    ("mt_sics", b"S D      1.25 kg\r\n", Weight(125, 2, "kg", stable=False)),
    ("mt_sics", b"S +\r\n", Trouble("over")),
    ("mt_sics", b"S -\r\n", Trouble("under")),
    ("mt_sics", b"S I\r\n", Trouble("moving")),
]  # fmt: skip


@pytest.mark.req("R288")
@pytest.mark.parametrize(("name", "sent", "told"), SEEN)
def test_frames_as_manuals_have_them(name, sent, told):
    """Weights with their sign and unit, and why there is none."""
    assert heard(name, sent)[:1] == [told]


@pytest.mark.parametrize(
    ("weight", "sold", "milli"),
    [
        (Weight(1250, 0, "g"), "kg", 1_250),
        (Weight(2500, 3, "斤"), "kg", 1_250),
        (Weight(1250, 3, "kg"), "斤", 2_500),
        (Weight(1250, 3, "kg"), "g", 1_250_000),
        (Weight(1000, 3, "lb"), "kg", 454),
        (Weight(1, 0, "kg"), "lb", 2_205),
        (Weight(12345, 4, "kg"), "kg", 1_235),
        (Weight(-12345, 4, "kg"), "kg", -1_235),
    ],
)
def test_units_become_that_of_the_goods(weight, sold, milli):
    """To the thousandth, the half away from zero."""
    assert milli_of(weight, weight.unit, sold) == milli


def counter(**more):
    return ScaleSettings(name="counter", port="x", protocol="st_gs", **more)


def told_at(latest, *millis_at, unit="kg", stable=True):
    for milli, at_s in millis_at:
        latest.take(Weight(milli, 3, unit, stable), at_s)


def test_only_equal_readings_are_a_weight():
    """The first of another weight is not at rest yet."""
    latest = Latest(counter(equal=3), PROTOCOLS["st_gs"])
    told_at(latest, (500, 0.0), (500, 0.1))
    assert not latest.reading(0.1).stable
    told_at(latest, (500, 0.2))
    assert latest.reading(0.2).stable
    told_at(latest, (501, 0.3))
    assert not latest.reading(0.3).stable


def test_what_is_too_old_is_no_answer():
    """And equal readings count only while none is missed."""
    latest = Latest(counter(stale_ms=500), PROTOCOLS["st_gs"])
    told_at(latest, (500, 0.0), (500, 0.1))
    assert latest.reading(0.6).stable
    with pytest.raises(NoWeight, match="it sends nothing"):
        latest.reading(0.7)
    told_at(latest, (500, 0.8))
    assert not latest.reading(0.8).stable


def test_a_unit_that_the_settings_do_not_expect_is_refused():
    """Somebody pressed the unit key."""
    latest = Latest(counter(shows="kg"), PROTOCOLS["st_gs"])
    told_at(latest, (500, 0.0), (500, 0.1), unit="lb")
    with pytest.raises(NoWeight, match="another unit"):
        latest.reading(0.1)


def test_a_scale_that_names_no_unit_shows_that_of_the_settings():
    """Kilograms, where they say nothing."""
    latest = Latest(counter(shows="斤", unit="kg"), PROTOCOLS["st_gs"])
    told_at(latest, (2500, 0.0), (2500, 0.1), unit="")
    assert latest.reading(0.1).quantity_milli == 1_250
