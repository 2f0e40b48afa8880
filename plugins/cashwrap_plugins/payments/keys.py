"""Keys in PEM files: the merchant's own, and those that WeChat Pay signs its answers with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import KeyRefused

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

BITS_MIN = 2048
FILE_MAX = 200_000
KEY_ID = "PUB_KEY_ID_"
_BLOCK = re.compile(rb"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)


def private_key(path: Path) -> RSAPrivateKey:
    """Return the merchant's private key. Raises KeyRefused."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    kinds = {kind: block for kind, block in _blocks(path)}
    text = next((block for kind, block in kinds.items() if kind.endswith("PRIVATE KEY")), None)
    if text is None:
        found = ", ".join(kinds).lower() or "nothing"
        raise KeyRefused(
            str(path), f"a private key is needed here (apiclient_key.pem), not {found}"
        )
    try:
        key = load_pem_private_key(text, None)
    except TypeError:
        raise KeyRefused(str(path), "it asks for a password: take one without") from None
    except Exception:  # what a damaged file may raise
        raise KeyRefused(str(path), "it is damaged: download it again") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < BITS_MIN:
        raise KeyRefused(str(path), f"an RSA key of {BITS_MIN} bits or more is needed")
    return key


def platform_keys(path: Path, key_id: str) -> Mapping[str, RSAPublicKey]:
    """Return the keys that answers may be signed with, by the serial that these name.

    Raises KeyRefused.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    found: dict[str, RSAPublicKey] = {}
    for kind, text in _blocks(path):
        try:
            if kind == "CERTIFICATE":
                certificate = x509.load_pem_x509_certificate(text)
                serial, key = f"{certificate.serial_number:X}", _any(certificate.public_key())
            elif kind == "PUBLIC KEY":
                serial, key = key_id, _any(load_pem_public_key(text))
            else:
                continue
        except Exception:  # what a damaged file may raise
            raise KeyRefused(str(path), "it is damaged: download it again") from None
        if not serial:
            raise KeyRefused(str(path), "it is a public key: set platform_key_id (PUB_KEY_ID_...)")
        if not isinstance(key, RSAPublicKey) or key.key_size < BITS_MIN:
            raise KeyRefused(str(path), f"an RSA key of {BITS_MIN} bits or more is needed")
        found[serial_of(serial)] = key
    if not found:
        raise KeyRefused(
            str(path), "WeChat Pay's public key or platform certificate is needed here"
        )
    return found


def serial_of(text: str) -> str:
    """Return a serial as it is compared: a certificate's may have zeros in front."""
    return text if text.startswith(KEY_ID) else text.upper().lstrip("0")


def _any(key: object) -> object:
    """Return a key of whatever kind, until its kind is looked at."""
    return key


def _blocks(path: Path) -> list[tuple[str, bytes]]:
    try:
        with path.open("rb") as file:
            text = file.read(FILE_MAX)
    except OSError as error:
        why = f"cannot be read ({error.strerror}): check the path and who may read it"
        raise KeyRefused(str(path), why) from error
    return [(found[1].decode(), found[0]) for found in _BLOCK.finditer(text)]
