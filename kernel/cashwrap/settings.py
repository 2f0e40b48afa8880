"""Settings of a till: one TOML file in the store folder, checked as a whole when it opens.

Everything has a default that suits a small shop in China, so an empty file is a valid one.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec.structs import replace

from cashwrap.errors import CashwrapError
from cashwrap.money import Currency
from cashwrap.pricing.model import PricePolicy, TaxCode, TaxComponent
from cashwrap.receipt.words import COLUMNS_MAX, COLUMNS_MIN, Language
from cashwrap.scan.model import ScanRules
from cashwrap.scan.pack import PackPolicy
from cashwrap.stock.errors import UnknownLocation
from cashwrap.stock.moves import LOSS, is_held
from cashwrap.tender.pan import looks_like_pan

T = TypeVar("T")

FILE_NAME = "settings.toml"
_WORDS = re.compile(r"""["'#].*""")  # a text or a comment; a bare number may be a GTIN


class SettingsRefused(CashwrapError):
    """The settings file is not valid; the message names the field and what it takes."""

    code = "settings.invalid"


class ReceiptSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands on the paper beside the sale. ``columns`` are half-width cells.

    ``header`` is the address, line by line. ``link`` is the https address of the shop's page that
    shows receipts without paper; the square code for the customer leads there. "" for none.
    """

    columns: Annotated[int, msgspec.Meta(ge=COLUMNS_MIN, le=COLUMNS_MAX)] = 48
    language: Language = "zh-CN"
    branch: str = ""
    header: tuple[str, ...] = ()
    phone: str = ""
    tax_id: str = ""
    footer: tuple[str, ...] = ()
    link: Annotated[str, msgspec.Meta(pattern=r"^(https://[^\s#]+)?$", max_length=200)] = ""


class StockSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where sales draw from, in order ("" stands for the till's own store), and how.

    ``negative`` says what happens when the books have less than the hand: a floor sale goes on
    (``allow``), goes on with a mark (``warn``), or is refused (``refuse``).
    """

    locations: tuple[str, ...] = ()
    negative: Literal["allow", "warn", "refuse"] = "allow"


class ReturnSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How goods come back (docs/returns.md).

    ``days`` is how old a sale may be without an approval, 0 for no limit. ``reasons`` are the
    shop's; other words are kept beside ``other``. ``locations`` names places of the stock ledger.
    ``without_receipt`` says at which price goods come back that nobody can find the sale of: the
    price of today, or the lowest that this till sold them for in ``lowest_days``, and
    ``unreceipted_to`` how their money goes back.
    """

    days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 0
    reasons: tuple[str, ...] = ("质量问题", "规格不符", "买错", "不想要")
    other: str = "其他"
    reason_required: bool = False
    locations: dict[str, str] = msgspec.field(
        default_factory=lambda: {"damaged": "warehouse:DAMAGED", "loss": "loss:returned"}
    )
    without_receipt: Literal["refuse", "today", "lowest"] = "refuse"
    lowest_days: Annotated[int, msgspec.Meta(ge=1, le=3660)] = 30
    unreceipted_to: Literal["credit", "cash"] = "credit"


class CreditSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days a credit note is good, 0 for ever."""

    days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 0


class MarginSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goods may not be sold below without approval: cost and so much more, ppm of cost.

    None: no such floor. 0: not below cost.
    """

    floor_ppm: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)] | None = None


class ShiftSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How strictly drawers are accounted for.

    ``required``: a register without an open shift begins no sale and takes no money.
    ``require_count``: a shift is closed only after its cash was counted. ``blind``: what is
    expected is hidden while a shift is open too, not only once it was closed blind.
    """

    required: bool = False
    require_count: bool = True
    blind: bool = False


class StaffSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long somebody stays signed in without doing anything, minutes."""

    sign_out_minutes: Annotated[int, msgspec.Meta(ge=1, le=24 * 60)] = 30


class SuspendSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why sales are suspended, and for how long their prices are kept.

    Words that are not among ``reasons`` are free text beside ``other``. ``quote``: ``expire`` keeps
    the prices for ``quote_minutes``, ``keep`` for ever, ``reprice`` never. A sale that waits for
    more than ``abandoned_hours`` counts as abandoned; it can still be resumed.
    """

    reasons: tuple[str, ...] = ("接电话", "挑商品", "取钱包", "换零钱", "其他")
    other: str = "其他"
    reason_required: bool = False
    quote: Literal["expire", "keep", "reprice"] = "expire"
    quote_minutes: Annotated[int, msgspec.Meta(ge=0, le=525_600)] = 30
    abandoned_hours: Annotated[int, msgspec.Meta(ge=1, le=87_600)] = 24


class HostSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which plugins are used, in which order, and what they may cost (docs/plugins.md).

    ``only``, where it names any, are all that are used. ``order`` are those that are asked first.
    ``needed``: the till does not open without them. ``folder`` is where the device's own are,
    seen from the shop's folder; "" for none. A call may take ``budget_ms``; after ``faults_max``
    faults or ``slow_max`` slow calls a plugin is set aside. A call that has not come back after
    ``hang_ms`` is broken off. ``trace`` keeps the newest calls of hooks, to look at.
    """

    disable: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    folder: str = "plugins"
    budget_ms: Annotated[int, msgspec.Meta(ge=1, le=60_000)] = 50
    faults_max: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 3
    slow_max: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 20
    hang_ms: Annotated[int, msgspec.Meta(ge=500, le=600_000)] = 2_000
    trace: bool = False

    def folder_in(self, shop: Path) -> Path | None:
        """Return the folder of the device's own plugins, None where the settings want none."""
        return shop / self.folder if self.folder else None


def _default_taxes() -> tuple[TaxCode, ...]:
    def vat(code: str, name: str, rate_ppm: int) -> TaxCode:
        component = TaxComponent(code=code, name=name, rate_ppm=rate_ppm)
        return TaxCode(code=code, name=name, by_order_type={"": (component,)})

    return (
        TaxCode(code="", name="免税", by_order_type={"": ()}),
        vat("vat13", "增值税13%", 130_000),
        vat("vat9", "增值税9%", 90_000),
        vat("vat6", "增值税6%", 60_000),
    )


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of a till's settings.

    ``day_starts_minutes`` is local time after midnight. ``recalled`` are GTINs with the lot that
    must not be sold, "" for every lot. ``registers`` are the names of those that share this till's
    folder, none where it is but one. ``plugins`` are each plugin's own, checked by itself.
    """

    store: str = "S001"
    till: str = "T1"
    registers: tuple[str, ...] = ()
    shop_name: str = ""
    region: str = ""
    channel: str = ""
    currency: Currency = Currency()
    timezone: str = "Asia/Shanghai"
    day_starts_minutes: Annotated[int, msgspec.Meta(ge=0, lt=24 * 60)] = 0
    order_types: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] = ("",)
    same_item: Literal["merge", "new_line"] = "merge"
    price: PricePolicy = PricePolicy()
    taxes: tuple[TaxCode, ...] = msgspec.field(default_factory=_default_taxes)
    scan: ScanRules = msgspec.field(default_factory=ScanRules)
    packs: PackPolicy = PackPolicy()
    recalled: tuple[tuple[int, str], ...] = ()
    stock: StockSettings = StockSettings()
    margin: MarginSettings = MarginSettings()
    staff: StaffSettings = StaffSettings()
    suspend: SuspendSettings = SuspendSettings()
    returns: ReturnSettings = msgspec.field(default_factory=ReturnSettings)
    credit: CreditSettings = CreditSettings()
    shifts: ShiftSettings = ShiftSettings()
    receipt: ReceiptSettings = ReceiptSettings()
    host: HostSettings = HostSettings()
    plugins: dict[str, dict[str, Any]] = {}

    def of_plugin(self, name: str, kind: type[T]) -> T:
        """Return a plugin's own settings, ``[plugins.NAME]``. Raises SettingsRefused."""
        try:
            return msgspec.convert(self.plugins.get(name, {}), kind)
        except msgspec.ValidationError as error:
            raise SettingsRefused(f"{FILE_NAME}: plugins.{name}: {error}") from error

    @property
    def own_location(self) -> str:
        """Return the stock location of the till's own store."""
        return f"store:{self.store}"


def read_settings(folder: Path) -> Settings:
    """Read the settings of a store folder; a missing file means the defaults.

    Raises SettingsRefused.
    """
    return parse_settings(settings_text(folder), str(folder / FILE_NAME))


def settings_text(folder: Path) -> str:
    """Return the text of the settings file, "" when there is none. Raises SettingsRefused."""
    path = folder / FILE_NAME
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRefused(f"cannot read {path}: {error}") from error


def parse_settings(text: str, source: str = FILE_NAME) -> Settings:
    """Return the settings in a TOML text. Raises SettingsRefused naming ``source`` and field."""
    if not isinstance(text, str):
        raise SettingsRefused(f"{source}: settings are TOML text, not {text!r:.60}")
    try:
        given = tomllib.loads(text)
        settings = msgspec.convert(given, Settings)
        if "currency" not in given.get("scan", {}):  # codes that carry prices carry the shop's
            scan = replace(settings.scan, currency=settings.currency)
            settings = replace(settings, scan=scan)
    except tomllib.TOMLDecodeError as error:
        raise SettingsRefused(f"{source}: {error}") from error
    except msgspec.ValidationError as error:
        from cashwrap.misset import explained

        raise SettingsRefused(f"{source}: {explained(error, given, Settings)}") from error
    for location in settings.stock.locations:
        if location and not _is_ours(location):
            raise SettingsRefused(
                f"{source}: stock.locations: {location!r} holds no goods of ours: "
                "write store:S001 or warehouse:W1"
            )
    for name, location in settings.returns.locations.items():
        if not (_is_ours(location) or location.partition(":")[0] == LOSS):
            raise SettingsRefused(
                f"{source}: returns.locations.{name}: goods cannot come back to {location!r}: "
                "write warehouse:DAMAGED, store:S001 or loss:returned"
            )
    for number, line in enumerate(text.splitlines(), 1):
        if any(looks_like_pan(words) for words in _WORDS.findall(line)):
            raise SettingsRefused(f"{source}: line {number} holds a card number: take it out")
    return settings


def _is_ours(location: str) -> bool:
    try:
        return is_held(location)
    except UnknownLocation:
        return False
