"""The till's own certificate: what it proves is that a device talks to the same till as before.

Nobody else vouches for it, so people compare its fingerprint once, when a device is paired.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cashwrap.errors import CashwrapError
from cashwrap.private_file import write_private

FILE_NAME = "lan.pem"  # the private key, then the certificate
GOOD_DAYS = 397  # browsers take no certificate for longer
RENEW_DAYS = 30


class CertificateRefused(CashwrapError):
    """A certificate or its key cannot be used."""

    code = "api.certificate"


def own_certificate(folder: Path, names: Sequence[str], now: datetime) -> Path:
    """Return the file of the till's own certificate, made or renewed where it has to be.

    It names all of ``names``, and those that it named before.
    """
    path = folder / FILE_NAME
    had = _read(path)
    known = [] if had is None else _names(had)
    wanted = list(dict.fromkeys([*names, *known]))
    left = timedelta() if had is None else had.not_valid_after_utc - now
    begun = had is not None and had.not_valid_before_utc <= now
    if not begun or left < timedelta(days=RENEW_DAYS) or set(names) - set(known):
        write_private(path, _made(wanted[:64], now))
    return path


def fingerprint(certificate: Path) -> str:
    """Return the SHA-256 of the first certificate of a PEM file, as browsers show it.

    Raises CertificateRefused.
    """
    der = _first(certificate).public_bytes(serialization.Encoding.DER)
    digest = sha256(der).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def days_left(certificate: Path, now: datetime) -> int:
    """Return for how many whole days a certificate is still good; below 0 it is not any more.

    Raises CertificateRefused.
    """
    return (_first(certificate).not_valid_after_utc - now).days


def context(certificate: str, private_key: str = "") -> ssl.SSLContext:
    """Return how TLS is spoken: 1.2 at least. Raises CertificateRefused."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    made.set_alpn_protocols(["http/1.1"])
    load(made, certificate, private_key)
    return made


def load(into: ssl.SSLContext, certificate: str, private_key: str = "") -> None:
    """Use a certificate for the connections that come from now on. Raises CertificateRefused."""
    try:
        into.load_cert_chain(certificate, private_key or None)
    except OSError as error:  # what ssl raises is one too
        raise CertificateRefused(
            f"{certificate} cannot be used ({error.strerror or error}): it takes a certificate in "
            "PEM and the private key that belongs to it"
        ) from error


def _first(certificate: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    except (OSError, ValueError) as error:
        raise CertificateRefused(f"{certificate} holds no certificate: {error}") from error


def _read(path: Path) -> x509.Certificate | None:
    with suppress(OSError, ValueError, IndexError):
        raw = path.read_bytes()
        serialization.load_pem_private_key(raw, None)
        return x509.load_pem_x509_certificates(raw)[0]
    return None


def _names(certificate: x509.Certificate) -> list[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = found.get_values_for_type(x509.IPAddress)
    return [*found.get_values_for_type(x509.DNSName), *map(str, addresses)]


def _made(names: Sequence[str], now: datetime) -> bytes:
    """Return a new key and a certificate for it, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cashwrap till")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now - timedelta(days=1) + timedelta(days=GOOD_DAYS))
        .add_extension(x509.SubjectAlternativeName([_alternative(one) for one in names]), False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    )
    certificate = builder.sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    kept = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return kept + certificate.public_bytes(pem)


def _alternative(name: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ip_address(name))
    try:
        return x509.DNSName(name.encode("idna").decode())
    except (UnicodeError, ValueError) as error:
        raise CertificateRefused(f"{name!r} is no name of a host: {error}") from error


def utc_now() -> datetime:
    """Return the time as certificates have it."""
    return datetime.now(UTC)
