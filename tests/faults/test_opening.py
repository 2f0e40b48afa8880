"""Opening a till on what it should not open on: a typed refusal, and nothing left behind."""

import contextlib
import os
import threading
from pathlib import Path

import pytest

from cashwrap.errors import AmountOverflow
from cashwrap.settings import SettingsRefused
from cashwrap.store.draft import DraftFile, DraftUnavailable
from cashwrap.store.errors import StoreExists, StoreInUse
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.testing.terminal import FakeTerminal
from cashwrap.till import Till


@pytest.mark.parametrize("line", ['store = "S999"', 'till = "T9"'])
def test_settings_of_another_till_are_refused(tmp_path: Path, line: str) -> None:
    """The ids in the settings must be those the journal was begun with: stock hangs on them."""
    shop = Shop(tmp_path / "shop")
    shop.till.close()
    (shop.folder / "settings.toml").write_text(line + SETTINGS, encoding="utf-8")
    with pytest.raises(SettingsRefused, match="S001"):
        Till.open(shop.folder, plugins=False, witness=[])
    (shop.folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    shop.reopen().close()


def test_lost_settings_of_another_store_do_not_become_the_defaults(tmp_path: Path) -> None:
    """A store that is not S001 does not open without its settings file."""
    Till.create(tmp_path, 'store = "S002"', witness=[])
    (tmp_path / "settings.toml").unlink()
    with pytest.raises(SettingsRefused, match="S002"):
        Till.open(tmp_path, plugins=False, witness=[])


def test_the_settings_stand_before_the_store_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill while a store is made leaves no store without its settings; it can be made again."""

    class Killed(BaseException):
        pass

    def kill(*given: object, **named: object) -> None:
        raise Killed

    monkeypatch.setattr(Path, "write_text", kill)
    with pytest.raises(Killed):
        Till.create(tmp_path, 'store = "S002"', witness=[])
    assert not (tmp_path / "data.mdb").exists()
    monkeypatch.undo()
    Till.create(tmp_path, 'store = "S002"', witness=[])
    with pytest.raises(StoreExists):
        Till.create(tmp_path, 'store = "S003"', witness=[])
    with Till.open(tmp_path, plugins=False, witness=[]) as till:
        assert till.settings.store == "S002"


def test_a_draft_of_a_newer_build_is_refused_and_kept(tmp_path: Path) -> None:
    """Edits that this build cannot read are not dropped: the message says what to do."""
    shop = Shop(tmp_path / "shop")
    shop.till.close()
    draft = DraftFile(shop.folder / "draft")
    draft.append(b"\x93not an edit of ours")
    draft.close()
    before = (shop.folder / "draft").read_bytes()
    threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
    with pytest.raises(DraftUnavailable, match="newer"):
        shop._opened()
    assert (shop.folder / "draft").read_bytes() == before
    assert threading.active_count() == threads
    assert len(os.listdir("/proc/self/fd")) == files


def test_a_second_till_on_the_folder_is_refused(tmp_path: Path) -> None:
    """One owner; the one that has it goes on undisturbed."""
    shop = Shop(tmp_path / "shop")
    sale = shop.till.new_sale()
    with pytest.raises(StoreInUse):
        shop._opened()
    sale.add("COLA")
    sale.pay_cash(350)
    shop.till.close()


def test_a_sale_that_cannot_end_does_not_keep_the_till_shut(tmp_path: Path) -> None:
    """A paid sale that would overflow the till's totals waits; everything else goes on."""
    terminal = FakeTerminal(["slow"])
    huge = {"type": "item", "sku": "HUGE", "name": "巨额", "price": "60000000000000000.00"}
    cola = {"type": "item", "sku": "COLA", "name": "可乐", "price": "3.50"}
    shop = Shop(tmp_path / "shop", items=[huge, cola], drivers={"card": terminal})
    first, second = shop.till.new_sale(), shop.till.new_sale()
    for sale in first, second:
        sale.add("HUGE")
    second.payments.ask("card")
    first.pay_cash(first.due_minor)
    shop.crash()
    for _ in range(20):
        shop.clock.pass_ms(1_000)
        with contextlib.suppress(AmountOverflow):
            shop.till.step()
    waiting = shop.crash().sale(second.id)
    assert waiting.state == "tendering"
    assert shop.till.store.warnings
    third = shop.till.new_sale()
    third.add("COLA")
    third.pay_cash(350)
    assert third.state == "completed"
    shop.till.close()


def test_the_currency_stays_once_there_are_prices(tmp_path: Path) -> None:
    """Prices and sales are kept in minor units: another currency would make fen into yen."""
    shop = Shop(tmp_path / "shop", settings="", items=())
    other = 'currency = { code = "JPY", digits = 0 }'
    shop.till.close()
    (shop.folder / "settings.toml").write_text(other, encoding="utf-8")
    shop.reopen()  # nothing was priced yet
    (shop.folder / "items.jsonl").write_text('{"type":"item","sku":"A","name":"a","price":"350"}')
    shop.till.import_catalog(shop.folder / "items.jsonl")
    shop.till.close()
    (shop.folder / "settings.toml").write_text("# defaults\n", encoding="utf-8")
    with pytest.raises(SettingsRefused, match="JPY"):
        shop._opened()
    (shop.folder / "settings.toml").write_text(other, encoding="utf-8")
    shop._opened().close()
