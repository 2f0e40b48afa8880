"""From the settings to drivers: paths from the shop's folder, keys read and checked once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .gateway import Gateway
from .keys import platform_keys, private_key
from .settings import PaymentsSettings, WeChatSettings
from .signing import Signer
from .wechat import WeChatPay

if TYPE_CHECKING:
    from cashwrap.host.own import Own
    from cashwrap.tender.driver import TenderDriver

DESCRIPTION_BYTES = 127


def drivers(own: Own) -> list[tuple[str, TenderDriver]]:
    """Return the drivers that are set up. Raises KeyRefused."""
    settings = own.settings(PaymentsSettings).wechat
    return [("wechat", wechat(settings, own))] if settings.given else []


def wechat(settings: WeChatSettings, own: Own) -> WeChatPay:
    """Return the driver of a merchant account. Raises KeyRefused."""
    home = own.folder or Path()
    signer = Signer(settings.merchant, settings.serial, private_key(home / settings.private_key))
    keys = platform_keys(home / settings.platform_key, settings.platform_key_id)
    words = settings.description or own.shop.shop_name or own.shop.store
    description = words.encode()[:DESCRIPTION_BYTES].decode("utf-8", "ignore")
    gateway = Gateway(settings.url, signer, keys)
    return WeChatPay(gateway, settings.merchant, settings.app, description, own.shop.store)
