"""What every test runs under: Hypothesis profiles, and no network."""

import ipaddress
import os
import socket
from collections.abc import Iterator

import pytest
from builders.browser import started
from hypothesis import HealthCheck, settings

SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large]

# dev looks for new bugs, ci must give the same answer twice, deep runs over night.
settings.register_profile("dev", deadline=None, suppress_health_check=SLOW_IS_FINE)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=60,
    print_blob=True,
    suppress_health_check=SLOW_IS_FINE,
)
settings.register_profile(
    "deep", deadline=None, max_examples=5000, suppress_health_check=SLOW_IS_FINE
)
settings.load_profile(os.environ.get("CASHWRAP_HYPOTHESIS", "dev"))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections that leave the machine: a till works without them."""
    connect = socket.socket.connect

    def local_only(sock: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not _is_local(str(address[0])):
            raise AssertionError(f"a test tried to reach {address[0]} over the network")
        connect(sock, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Chromium, one for all tests of a process: playwright's loop can run only once in it."""
    with started() as browser:
        yield browser


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
