"""The settings of a store folder belong to its till and come back from its journal."""

from contextlib import suppress
from pathlib import Path

import pytest

from cashwrap.ports import SystemClock
from cashwrap.pricing.errors import SettingsUnusable
from cashwrap.scan.decode import decode
from cashwrap.settings import FILE_NAME, SettingsRefused, parse_settings
from cashwrap.store.restore import restore
from cashwrap.testing.shop import START_MS, SeededRandomness, Shop
from cashwrap.till import Till

GTIN_LIKE_A_CARD = 4000000000006  # masked in the journal: it may be somebody's card number


def opened(shop: Shop, folder: Path) -> Till:
    """Return the till on another folder."""
    return Till.open(folder, plugins=False, clock=shop.clock, witness=[])


def test_a_restored_till_has_the_settings_of_its_journal(tmp_path: Path) -> None:
    """A backup is enough: shop name, taxes and order types are those the till last opened with."""
    shop = Shop(tmp_path / "shop")
    shop.till.store.backup(tmp_path / "all.cwbackup")
    shop.till.close()
    into = tmp_path / "again"
    restore(
        tmp_path / "all.cwbackup", into, reason="disk changed",
        clock=SystemClock(), randomness=SeededRandomness(2), witness=[],
    )  # fmt: skip
    with opened(shop, into) as till:
        assert till.settings == shop.till.settings
    assert (into / FILE_NAME).read_text("utf-8") == (shop.folder / FILE_NAME).read_text("utf-8")


def test_a_file_that_says_nothing_means_the_defaults(tmp_path: Path) -> None:
    """Who wants them says so with a comment: a file is the owner's once it has anything in it."""
    shop = Shop(tmp_path / "shop")
    shop.till.close()
    (shop.folder / FILE_NAME).write_text("# defaults\n")
    with opened(shop, shop.folder) as till:
        assert till.settings.shop_name == ""


def test_a_file_that_a_crash_left_empty_comes_back(tmp_path: Path) -> None:
    """Without a byte it is as good as missing: the till sells with its taxes, not with others."""
    shop = Shop(tmp_path / "shop")
    text = (shop.folder / FILE_NAME).read_text("utf-8")
    shop.till.close()
    (shop.folder / FILE_NAME).write_bytes(b"")
    with opened(shop, shop.folder) as till:
        assert till.settings == shop.till.settings
    assert (shop.folder / FILE_NAME).read_text("utf-8") == text


def test_a_file_cut_off_anywhere_is_refused_or_told(tmp_path: Path) -> None:
    """Half a file names its fault; where the half is a file by itself, the till says it is one."""
    shop = Shop(tmp_path / "shop")
    shop.till.close()
    path, told = shop.folder / FILE_NAME, 0
    whole = path.read_bytes()
    for cut in [*range(1, len(whole), 7), *_ends_of_tables(whole)]:
        path.write_bytes(whole)
        opened(shop, shop.folder).close()
        path.write_bytes(whole[:cut])
        with suppress(SettingsRefused, SettingsUnusable), opened(shop, shop.folder) as till:
            assert any("only the beginning" in one for one in till.store.warnings)
            told += 1
    assert told
    path.write_bytes(whole)
    with opened(shop, shop.folder) as till:
        assert not any("only the beginning" in one for one in till.store.warnings)


def _ends_of_tables(whole: bytes) -> list[int]:
    return [at for at in range(1, len(whole)) if whole[at : at + 2] == b"\n["]


def test_settings_kept_only_in_part_are_asked_for(tmp_path: Path) -> None:
    """What the journal had to mask it cannot give back: the till does not open on a guess."""
    text = f'recalled = [[{GTIN_LIKE_A_CARD}, ""]]'
    shop = Shop(tmp_path / "shop", settings=text, items=())
    shop.till.close()
    (shop.folder / FILE_NAME).unlink()
    with pytest.raises(SettingsRefused, match=r"settings\.toml"):
        opened(shop, shop.folder)
    (shop.folder / FILE_NAME).write_text(text)
    opened(shop, shop.folder).close()


@pytest.mark.parametrize(
    "text",
    [
        "order_types = []",
        "day_starts_minutes = -1",
        "day_starts_minutes = 1440",
        "receipt.columns = 5",
        "currency.digits = 9",
        'currency.code = "X"',
        'currency.code = "cny"',
        'currency.code = "ＣＮＹ"',
        'scan.currency.code = "CN1"',
        "currency.digits = -1",
    ],
)
def test_what_no_till_could_work_with_is_refused_at_once(text: str) -> None:
    """Not at the first sale or its receipt, but when the settings are read, by name."""
    with pytest.raises(SettingsRefused, match=text.partition(" ")[0].rpartition(".")[2]):
        parse_settings(text)


def test_codes_that_carry_prices_carry_them_in_the_shops_currency() -> None:
    """A shop in yen reads 500 on a GS1 label as 500 yen, unless told otherwise."""
    yen = 'currency = { code = "JPY", digits = 0 }'
    label = "]C10106901234567892" + "3103000500" + "3920500"
    assert decode(label, parse_settings(yen).scan, now_ms=START_MS).price_minor == 500
    other = yen + '\nscan.currency = { code = "CNY" }'
    assert decode(label, parse_settings(other).scan, now_ms=START_MS).price_minor == 50_000


@pytest.mark.parametrize("location", ["shelf", "customer", "supplier:ACME", "store:"])
def test_sales_draw_only_from_places_of_ours(location: str) -> None:
    """A place that would stop every sale at its payment is refused when the settings are read."""
    with pytest.raises(SettingsRefused, match=r"stock\.locations"):
        parse_settings(f'stock.locations = ["", "{location}"]')
