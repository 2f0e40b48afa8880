"""The demo's scale, which swings, rests, and is empty in between."""

from cashwrap.demo.scale import DemoScale


def test_things_are_put_on_it_rest_and_are_taken_off():
    """Every nine seconds something else; what swings is not at rest."""
    now = [0]
    scale = DemoScale(lambda: now[0])
    seen = []
    for _ in range(2 * 90):
        found = scale.read()
        if not seen or seen[-1] != (found.quantity_milli, found.stable):
            seen.append((found.quantity_milli, found.stable))
        now[0] += 100
    rested = [milli for milli, stable in seen if stable]
    assert rested == [0, 532, 0, 1_205, 0]
    swinging = [milli for milli, stable in seen if not stable]
    assert len(set(swinging)) > 10
    assert all(type(milli) is int and milli > 0 for milli in swinging)
