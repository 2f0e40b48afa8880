"""WECHATPAY2-SHA256-RSA2048: how requests are signed, and answers checked.

The rules are those of WeChat Pay's API v3 (pay.weixin.qq.com, 签名生成 and 签名验证): RSA with
PKCS #1 v1.5 and SHA-256 over lines that each end with a line feed.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from secrets import token_hex
from typing import TYPE_CHECKING

from cashwrap.tender.errors import BadSignature

from .keys import serial_of

if TYPE_CHECKING:
    from email.message import Message

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

SCHEME = "WECHATPAY2-SHA256-RSA2048"
AGE_S_MAX = 300


class Signer:
    """Signs a merchant's requests. Its key is in no text of it."""

    def __init__(self, merchant: str, serial: str, key: RSAPrivateKey) -> None:
        self._merchant = merchant
        self._serial = serial.upper()
        self._key = key

    def authorization(self, method: str, path: str, body: bytes, now_s: int) -> str:
        """Return the Authorization header of a request; ``path`` with its query."""
        nonce = token_hex(16)
        signature = b64encode(self._signed(message(method, path, str(now_s), nonce, body=body)))
        return (
            f'{SCHEME} mchid="{self._merchant}",nonce_str="{nonce}",timestamp="{now_s}",'
            f'serial_no="{self._serial}",signature="{signature.decode()}"'
        )

    def _signed(self, text: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        return self._key.sign(text, PKCS1v15(), SHA256())


def check(
    headers: Message, body: bytes, keys: Mapping[str, RSAPublicKey], now_s: int, action: str
) -> None:
    """Raise BadSignature unless an answer was signed just now by one of the keys."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    stamp, nonce, serial, signature = (
        headers.get(f"Wechatpay-{name}", "")
        for name in ("Timestamp", "Nonce", "Serial", "Signature")
    )
    key = keys.get(serial_of(serial))
    if not signature:
        raise BadSignature("wechat", action, "the answer is not signed")
    if key is None:
        raise BadSignature("wechat", action, "signed with a key that is not in platform_key")
    if not (stamp.isascii() and stamp.isdigit() and abs(now_s - int(stamp[:12])) <= AGE_S_MAX):
        raise BadSignature(
            "wechat", action, "signed at another time: is this machine's clock right?"
        )
    try:
        key.verify(b64decode(signature, validate=True), message(stamp, nonce, body=body),
                   PKCS1v15(), SHA256())  # fmt: skip
    except (InvalidSignature, ValueError):
        raise BadSignature("wechat", action, "the signature is wrong") from None


def message(*lines: str, body: bytes) -> bytes:
    """Return what is signed: each part and the body, each ended by a line feed."""
    return b"".join(f"{line}\n".encode() for line in lines) + body + b"\n"
