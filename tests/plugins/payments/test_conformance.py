"""The driver passes the suite that every tender driver has to, against the signed gateway."""

import itertools
from datetime import date

import pytest
from builders.wechat_gateway import (
    APP,
    KEY_ID,
    MERCHANT,
    SERIAL,
    WeChatGateway,
    private_pem,
    public_pem,
    rsa_key,
)

from cashwrap.testing.conformance import Rig, TenderDriverConformance
from cashwrap_plugins.payments.gateway import Gateway
from cashwrap_plugins.payments.keys import platform_keys, private_key
from cashwrap_plugins.payments.signing import Signer
from cashwrap_plugins.payments.wechat import WeChatPay


def driver_of(folder, gateway):
    (folder / "own.pem").write_bytes(private_pem(rsa_key("merchant")))
    (folder / "theirs.pem").write_bytes(public_pem(rsa_key("platform")))
    signer = Signer(MERCHANT, SERIAL, private_key(folder / "own.pem"))
    keys = platform_keys(folder / "theirs.pem", KEY_ID)
    return WeChatPay(Gateway(gateway.url, signer, keys), MERCHANT, APP, "街角小店", "S001")


@pytest.mark.req("R174")
@pytest.mark.req("R175")
class TestWeChatPay(TenderDriverConformance):
    @pytest.fixture(autouse=True)
    def gateways(self, tmp_path):
        self.made = []
        self.folder = tmp_path
        yield
        for one in self.made:
            one.close()

    def rig(self):
        gateway = WeChatGateway()
        self.made.append(gateway)
        numbers = itertools.count()
        return Rig(
            driver=driver_of(self.folder, gateway),
            taken_minor=gateway.taken,
            lose_answer=lambda: gateway.faults.append("lose"),
            auth_code=lambda: f"13{next(numbers):016}",
            day=date(2026, 3, 1),
            decline_next=lambda: gateway.plan.append("NOT_ENOUGH"),
        )
