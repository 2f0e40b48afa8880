"""The shop's people in training: the same accounts and roles, and one PIN for all of them.

No real PIN comes along. Wrong ones would be counted in a journal that anybody may throw away, so
that a stolen till could be asked for PINs for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cashwrap.events import Event
from cashwrap.staff import events as e
from cashwrap.staff.errors import PepperLost
from cashwrap.staff.pepper import SIZE, load_pepper, save_pepper
from cashwrap.staff.pins import SALT_SIZE, PinSecret, made, pepper_name
from cashwrap.staff.projection import Account, accounts, device, roles
from cashwrap.staff.roles import Role
from cashwrap.store.store import Store

TRAINING_PIN = "2580"
"""Everybody's PIN in training."""


def bring_people(shop: Store, training: Store) -> bool:
    """Bring a training store's accounts and roles up to the shop's; return whether there are any.

    PINs that were changed in training stay changed.
    """
    with shop.read() as reader:
        wanted, wanted_roles = accounts(reader), roles(reader)
    if not wanted:
        return False
    with training.read() as reader:
        there, roles_there, pepper = accounts(reader), roles(reader), device(reader).pepper
    events = [*_roles(wanted_roles, roles_there), *_changed(wanted, there)]
    new = [one for one in wanted.values() if one.code not in there]
    if new:
        secret, fresh = _secret(training, pepper)
        events += [*fresh, *(event for one in new for event in _enrolled(one, secret))]
    if events:
        training.commit(events, at=training.clock.now())
    return True


def _roles(wanted: dict[str, Role], there: dict[str, Role]) -> Iterator[Event]:
    for name, role in wanted.items():
        if there.get(name) != role:
            yield e.RoleDefined(name, role.grants)


def _changed(wanted: dict[str, Account], there: dict[str, Account]) -> Iterator[Event]:
    """Yield what makes accounts that are there what they are in the shop now."""
    for code, was in there.items():
        now = wanted.get(code)
        active = now is not None and now.active
        if now is not None and now.role != was.role:
            yield e.RoleGiven(code, now.role)
        if active != was.active:
            yield e.StaffEnabled(code) if active else e.StaffDisabled(code)


def _enrolled(one: Account, secret: PinSecret) -> Iterator[Event]:
    yield e.StaffEnrolled(one.code, one.name, one.role, secret, one.store)
    if not one.active:
        yield e.StaffDisabled(one.code)


def _secret(training: Store, pepper: str) -> tuple[PinSecret, list[Event]]:
    """Return what is kept of the training PIN, and the news of a pepper that was made for it."""
    folder = Path(training.engine.folder)
    try:
        found = load_pepper(folder)
    except PepperLost:
        found = training.randomness.token(SIZE)
        save_pepper(folder, found)
    name = pepper_name(found)
    news: list[Event] = [] if name == pepper else [e.PepperMade(name)]
    return made(TRAINING_PIN, training.randomness.token(SALT_SIZE), found), news
