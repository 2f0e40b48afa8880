"""The certificate of a till in its shop's network: kept, renewed in time, told before it ends."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cashwrap.api import places
from cashwrap.api.certificate import (
    GOOD_DAYS,
    RENEW_DAYS,
    fingerprint,
    own_certificate,
    utc_now,
)
from cashwrap.api.places import Where
from cashwrap.cli.output import Output
from cashwrap.cli.serve import tell_certificate

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_certificate_is_kept_until_it_ends_or_names_too_little(tmp_path: Path):
    """Devices that compared its fingerprint do so once a year, or when the till moves."""
    path = own_certificate(tmp_path, ["till.local", "192.168.1.5"], NOW)
    first = fingerprint(path)
    own_certificate(tmp_path, ["192.168.1.5"], NOW + timedelta(days=GOOD_DAYS - RENEW_DAYS - 2))
    assert fingerprint(path) == first
    own_certificate(tmp_path, ["192.168.1.6"], NOW)
    moved = fingerprint(path)
    own_certificate(tmp_path, ["192.168.1.6"], NOW + timedelta(days=GOOD_DAYS - RENEW_DAYS))
    assert len({first, moved, fingerprint(path)}) == 3
    path.write_text("no certificate")
    own_certificate(tmp_path, ["till.local"], NOW)
    assert len(fingerprint(path)) == 95


@pytest.mark.parametrize(("left", "said"), [(40, ""), (12, "ends in 11 days"), (-3, "has ended")])
def test_a_certificate_that_somebody_gave_is_told_before_it_ends(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    left: int,
    said: str,
):
    """Nobody but its owner can renew it: the start says how long it is still good."""
    monkeypatch.setattr(places, "lan_addresses", lambda: ["192.168.1.5"])
    made = own_certificate(
        tmp_path, ["localhost"], utc_now() - timedelta(days=GOOD_DAYS - 1 - left)
    )
    tell_certificate(tmp_path, Where(certificate=str(made), lan=True), "", Output())
    told = capsys.readouterr().err
    assert (said in told) if said else (told == "")
