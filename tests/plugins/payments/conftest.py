"""A WeChat Pay gateway on the loopback, the key files of a shop, and its till."""

from pathlib import Path

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

from cashwrap.tender.projection import payment_of
from cashwrap.testing.shop import SETTINGS, Shop

PLUGIN = Path(__file__).parents[3] / "plugins/cashwrap_plugins/payments"


class Counter:
    """A shop that takes WeChat Pay, and the provider behind it."""

    def __init__(self, folder, gateway):
        (folder / "keys").mkdir(parents=True)
        (folder / "keys/apiclient_key.pem").write_bytes(private_pem(rsa_key("merchant")))
        (folder / "keys/pub_key.pem").write_bytes(public_pem(rsa_key("platform")))
        self.gateway = gateway
        self.keys = folder / "keys"
        settings = SETTINGS + settings_text(self.keys, gateway.url)
        self.shop = Shop(folder / "shop", settings=settings, plugins=[PLUGIN])
        self.shop.receive("COLA", 1_000_000, 240)
        self.codes = 0

    @property
    def till(self):
        return self.shop.till

    @property
    def driver(self):
        return self.till.drivers["wechat"]

    def payment(self, payment_id):
        """Return a payment as the journal has it."""
        with self.till.store.read() as reader:
            return payment_of(reader, payment_id)

    def until(self, payment, state):
        """Let time pass until a payment is in a state; return it."""
        self.steps(lambda: self.payment(payment.id).state == state)
        found = self.payment(payment.id)
        assert found.state == state
        return found

    def code(self):
        self.codes += 1
        return f"13{self.codes:016}"

    def sale(self, units=1):
        sale = self.till.new_sale()
        for _ in range(units):
            sale.scan("6901234567892")
        return sale

    def steps(self, done=lambda: False, ms=500, seconds=300):
        """Let time pass, and the till do what is due, until it is done with it."""
        for _ in range(seconds * 1000 // ms):
            if done() or self.till.next_step_ms is None:
                return
            self.shop.clock.pass_ms(ms)
            self.till.step()


def settings_text(keys, address, **changed):
    """Return the plugin's settings; None leaves one out."""
    values = {
        "merchant": MERCHANT,
        "app": APP,
        "serial": SERIAL,
        "private_key": str(keys / "apiclient_key.pem"),
        "platform_key": str(keys / "pub_key.pem"),
        "platform_key_id": KEY_ID,
        "url": address,
        **changed,
    }
    lines = [f'{name} = "{value}"' for name, value in values.items() if value is not None]
    return "\n".join(["", "[plugins.payments.wechat]", *lines, ""])


@pytest.fixture
def written():
    """How settings are written, for shops of a test's own."""
    return settings_text


@pytest.fixture
def gateway():
    made = WeChatGateway()
    yield made
    made.close()


@pytest.fixture
def counter(tmp_path, gateway):
    made = Counter(tmp_path, gateway)
    yield made
    made.till.close()
