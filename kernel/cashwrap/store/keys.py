"""The till's Ed25519 key: a 0600 file beside the journal that it seals."""

import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cashwrap.private_file import write_private
from cashwrap.store.errors import KeyLost


class TillKey:
    """A private key and its public half."""

    def __init__(self, secret: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(secret)
        self.sign = self._private.sign
        self.public = self._private.public_key().public_bytes_raw()


@lru_cache(maxsize=8)
def _public(public_key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public_key)


def signature_holds(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether the signature over the message is by this key."""
    try:
        _public(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def save_key(path: Path, secret: bytes) -> TillKey:
    """Write a new key file, durable before it is used; replaces one that is there."""
    key = TillKey(secret)
    write_private(path, secret.hex().encode() + b"\n")
    return key


def load_key(path: Path) -> tuple[TillKey, str]:
    """Return the key, and a warning when its permissions had to be repaired.

    Raises KeyLost when the file is missing or holds no key.
    """
    try:
        text = path.read_text("ascii").strip()
        mode = path.stat().st_mode & 0o777
        key = TillKey(bytes.fromhex(text))
    except FileNotFoundError:
        raise KeyLost(str(path), "is missing") from None
    except ValueError:
        raise KeyLost(str(path), "does not hold a key") from None
    except OSError as error:
        raise KeyLost(str(path), f"cannot be read ({error.strerror})") from None
    if os.name == "posix" and mode & 0o077:
        path.chmod(0o600)
        return key, f"{path} could be read by others (mode {mode:o}); it is 600 again"
    return key, ""
