"""Setting it up: what is wrong is said at once, what is secret is said never."""

import subprocess
import sys
import tomllib
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from builders.wechat_gateway import KEY_ID, private_pem, public_pem, rsa_key
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from cashwrap.cli.main import main
from cashwrap.host.own_settings import PluginSettingsRefused
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap_plugins.payments.errors import KeyRefused
from cashwrap_plugins.payments.keys import platform_keys, private_key
from cashwrap_plugins.payments.settings import PaymentsSettings

PLUGIN = Path(__file__).parents[3] / "plugins/cashwrap_plugins/payments"


def info(till):
    return next(one for one in till.host.infos() if one.name == "payments")


def test_without_settings_it_offers_nothing_and_says_what_to_set(tmp_path):
    """A shop that takes no WeChat Pay has no such tender."""
    shop = Shop(tmp_path / "shop", settings=SETTINGS, plugins=[PLUGIN])
    assert "wechat" not in shop.till.drivers
    assert info(shop.till).state == "active"
    shop.till.close()


def test_the_command_line_says_what_to_set(tmp_path, capsys):
    """`cashwrap plugins payments` names the fields that a shop has to give."""
    shop = Shop(tmp_path / "shop", settings=SETTINGS, plugins=[PLUGIN])
    shop.till.close()
    assert main(["plugins", "payments", "-f", str(shop.folder)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "until merchant, app, serial and key files are set" in said
    assert "none are set" in said


def test_without_settings_nothing_of_it_is_imported(tmp_path):
    """No keys, no HTTP client: a till that has no use for them does not pay for them."""
    shop = Shop(tmp_path / "shop", settings=SETTINGS, plugins=[PLUGIN])
    shop.till.close()
    program = (
        "import sys; from cashwrap.till import Till\n"
        "till = Till.open(sys.argv[1], witness=[])\n"
        "sale = till.new_sale(); sale.scan('6901234567892')\n"
        "print(*(name for name in sys.modules if 'payments.' in name or name == 'http.client'\n"
        "        or 'hazmat.primitives.asymmetric.rsa' in name))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, shop.folder], check=True, capture_output=True, text=True
    )
    loaded = [one for one in done.stdout.split() if not one.startswith("cashwrap.tender.")]
    assert {one.rpartition(".")[2] for one in loaded} <= {"settings", "plugin"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"merchant": "", "app": ""}, "wechat lacks merchant, app"),
        ({"merchant": "12ab"}, "merchant"),
        ({"app": "1900000109"}, "app"),
        ({"serial": "no serial"}, "serial"),
        ({"platform_key_id": "5157F09E"}, "platform_key_id"),
        ({"url": "http://api.mch.weixin.qq.com"}, "https"),
        ({"url": "https://api.mch.weixin.qq.com/v3"}, "nothing behind it"),
        ({"url": "https://user@api.mch.weixin.qq.com"}, "nothing behind it"),
        ({"url": "ftp://127.0.0.1"}, "https"),
        ({"url": "http://127.0.0.1.evil.example"}, "https"),
        ({"url": "https://host:port"}, "port"),
        ({"kye": "typo"}, "kye"),
    ],
)
def test_a_setting_that_cannot_be_is_named(written, changed, said):
    """Numbers and names of the wrong form, and addresses that the money must not go to."""
    values = tomllib.loads(written(Path("keys"), "https://api.mch.weixin.qq.com", **changed))
    with pytest.raises(msgspec.ValidationError, match=said):
        msgspec.convert(values["plugins"]["payments"], PaymentsSettings)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"serial": None}, "wechat lacks serial"),
        ({"private_key": "nowhere.pem"}, "cannot be read"),
        ({"platform_key_id": None}, "set platform_key_id"),
    ],
)
def test_what_is_wrong_with_it_is_why_it_is_not_used(tmp_path, written, changed, said):
    """`cashwrap plugins` says which setting; the till opens and sells without it."""
    (tmp_path / "apiclient_key.pem").write_bytes(private_pem(rsa_key("merchant")))
    (tmp_path / "pub_key.pem").write_bytes(public_pem(rsa_key("platform")))
    settings = SETTINGS + written(tmp_path, "https://api.mch.weixin.qq.com", **changed)
    shop = Shop(tmp_path / "shop", settings=settings, plugins=[PLUGIN])
    assert info(shop.till).state == "refused"
    assert said in info(shop.till).reason
    assert "wechat" not in shop.till.drivers
    sale = shop.till.new_sale()
    sale.scan("6901234567892")
    sale.pay_cash(350)
    shop.till.close()


def test_the_page_refuses_a_key_in_place_of_its_file(counter):
    """Who pastes the key is told so, without the key; nothing is written."""
    before = (counter.shop.folder / "settings.toml").read_bytes()
    manager = counter.till.manage_plugins()
    pem = private_pem(rsa_key("merchant")).decode()
    with pytest.raises(PluginSettingsRefused) as refused:
        manager.set("payments", {"wechat": {"private_key": pem}})
    assert pem[40:80] not in str(refused.value)
    assert (counter.shop.folder / "settings.toml").read_bytes() == before


def test_keys_stand_nowhere(counter, capsys):
    """Not in the journal, nor in errors, nor in what people see of plugins; nor does the code."""
    counter.gateway.faults.extend(["lose", "unsigned", "old"])
    code = counter.code()
    payment = counter.sale().payments.scan(code)
    counter.until(payment, "approved")
    pem = private_pem(rsa_key("merchant")).decode()
    seen = [
        str(counter.till.host.infos()),
        str(counter.till.manage_plugins().settings("payments").values),
    ]
    seen += [str(record.body) for record in counter.till.store.records()]
    seen += [*capsys.readouterr(), repr(counter.driver), str(vars(counter.driver))]
    counter.till.close()
    files = b"".join(each.read_bytes() for each in counter.shop.folder.rglob("*") if each.is_file())
    counter.shop.till = counter.shop._opened()
    assert code.encode() not in files
    for row in pem.splitlines()[1:-1]:
        assert row.encode() not in files
        assert not any(row in one for one in seen)
    assert not any("apiclient_key" in one for one in seen)


def certificate(key, serial):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com sign")])
    now = datetime(2026, 1, 1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    made = made.public_key(key.public_key()).serial_number(serial)
    made = made.not_valid_before(now).not_valid_after(now + timedelta(days=1825))
    return made.sign(rsa_key("platform"), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_platform_certificates_are_found_by_their_serials(tmp_path):
    """A file may have the old and the new one, and the public key beside them."""
    path = tmp_path / "all.pem"
    path.write_bytes(
        certificate(rsa_key("platform"), 0xABC1)
        + certificate(rsa_key("other"), 0x0DEF)
        + public_pem(rsa_key("platform"))
    )
    found = platform_keys(path, KEY_ID)
    assert set(found) == {"ABC1", "DEF", KEY_ID}
    assert found["DEF"].public_numbers() == rsa_key("other").public_key().public_numbers()


def test_wrong_key_files_are_told_apart(tmp_path):
    """Certificate for key, key for certificate, other kinds, short, damaged, with a password."""
    path = tmp_path / "key.pem"

    def refused(read, text):
        path.write_bytes(text)
        with pytest.raises(KeyRefused) as error:
            read()
        return str(error.value)

    own, theirs = partial(private_key, path), partial(platform_keys, path, KEY_ID)
    assert "not certificate" in refused(own, certificate(rsa_key("other"), 5))
    assert "not nothing" in refused(own, b"1234")
    assert "RSA key of 2048" in refused(own, private_pem(ec.generate_private_key(ec.SECP256R1())))
    short = rsa.generate_private_key(65537, 1024)
    assert "RSA key of 2048" in refused(own, private_pem(short))
    assert "RSA key of 2048" in refused(theirs, public_pem(short))
    damaged = private_pem(rsa_key("merchant")).replace(b"\nMII", b"\nXXX", 1)
    assert "damaged" in refused(own, damaged)
    locked = rsa_key("merchant").private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    assert "password" in refused(own, locked)
    assert "is needed here" in refused(theirs, private_pem(rsa_key("merchant")))
    assert "damaged" in refused(theirs, public_pem(rsa_key("platform")).replace(b"MII", b"XXX", 1))
