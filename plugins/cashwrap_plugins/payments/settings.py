"""``[plugins.payments]``: the shop's merchant account at a provider. Keys stay in files."""

from typing import Annotated

import msgspec

from cashwrap.host.fields import setting

URL = "https://api.mch.weixin.qq.com"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
NEEDED = ("merchant", "app", "serial", "private_key", "platform_key")


def _check_url(url: str) -> None:
    """Raise ValueError unless it is https, or http to this machine, and a host alone."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or plain):
        raise ValueError("url: give https://host; plain http only to this machine (127.0.0.1)")
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("url: give https://host and nothing behind it")
    _ = parts.port  # a ValueError where it is no number


class WeChatSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The merchant account at WeChat Pay (API v3). With nothing in it the till has no such tender.

    Paths are from the shop's folder. ``platform_key`` has what WeChat Pay signs with: its public
    key, whose ``platform_key_id`` is needed then, or platform certificates.
    """

    merchant: Annotated[
        str,
        setting(
            ("Merchant number", "8 to 10 digits, as 1900000109"),
            ("商户号", "8 至 10 位数字，如 1900000109"),
            pattern=r"^(\d{8,10})?$",
        ),
    ] = ""
    app: Annotated[
        str,
        setting(
            ("App ID", "bound to the merchant number: wx and 16 signs"),
            ("AppID", "与商户号绑定的 AppID：wx 加 16 位字符"),
            pattern=r"^(w[wx][0-9A-Za-z]{16})?$",
        ),
    ] = ""
    serial: Annotated[
        str,
        setting(
            ("Certificate serial", "of the merchant's API certificate, 40 hexadecimal digits"),
            ("证书序列号", "商户 API 证书的序列号，40 位十六进制"),
            pattern=r"^([0-9A-Fa-f]{16,40})?$",
        ),
    ] = ""
    private_key: Annotated[
        str,
        setting(
            ("Private key file", "apiclient_key.pem; the file, not what is in it"),
            ("私钥文件", "apiclient_key.pem 的路径；填文件路径，不要粘贴内容"),
            secret=True,
            pattern=r"^(?!.*-----)[^\r\n]{0,400}$",
        ),
    ] = ""
    platform_key: Annotated[
        str,
        setting(
            ("WeChat Pay's key file", "pub_key.pem, or a platform certificate"),
            ("微信支付公钥文件", "pub_key.pem 的路径，或平台证书"),
            pattern=r"^(?!.*-----)[^\r\n]{0,400}$",
        ),
    ] = ""
    platform_key_id: Annotated[
        str,
        setting(
            ("Key ID", "of WeChat Pay's public key: PUB_KEY_ID_...; empty with a certificate"),
            ("公钥 ID", "微信支付公钥 ID：PUB_KEY_ID_...；使用平台证书时不填"),
            pattern=r"^(PUB_KEY_ID_[0-9A-Za-z]{1,60})?$",
        ),
    ] = ""
    description: Annotated[
        str,
        msgspec.Meta(max_length=40),
        setting(
            ("Description", "what customers read on their phone; empty: the shop's name"),
            ("商品描述", "顾客手机上看到的文字；不填则为店名"),
        ),
    ] = ""
    url: Annotated[
        str,
        setting(
            ("Address", "https; http to this machine alone"),
            ("接口地址", "必须 https；http 仅限本机"),
        ),
    ] = URL

    def __post_init__(self) -> None:
        lacking = [name for name in NEEDED if not getattr(self, name)]
        if lacking and self.given:
            raise ValueError(f"wechat lacks {', '.join(lacking)}: give them, or take all out")
        if self.url != URL:
            _check_url(self.url)

    @property
    def given(self) -> bool:
        """Whether the shop has begun to set it up."""
        return any(getattr(self, name) for name in (*NEEDED, "platform_key_id"))


class PaymentsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of this plugin: ``[plugins.payments]``."""

    wechat: Annotated[
        WeChatSettings,
        setting(
            ("WeChat Pay", "customers show their payment code"), ("微信支付", "顾客出示付款码")
        ),
    ] = WeChatSettings()
