"""The words of refusals: every code that the API answers with, in every language."""

import ast
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

import cashwrap
import cashwrap_plugins

WORDS = Path(cashwrap_plugins.__file__).parent / "register" / "static" / "words"
BOOKS = {path.stem: json.loads(path.read_text("utf-8")) for path in WORDS.glob("*.json")}
SOURCES = [*Path(cashwrap.__file__).parent.rglob("*.py"), *WORDS.parents[2].rglob("*.py")]
# Of the back office's programs, and of packs that break a rule of GS1: one sentence for a room,
# with the code to look up.
OF_ITS_ROOM = {
    "rules.not_planned",
    "rules.nothing_before",
    "rules.too_new",
    "rules.unknown",
    "scan.ai_conflict",
    "scan.ai_missing",
    "scan.date",
    "scan.element",
    "scan.error",
    "scan.too_fine",
    "scan.unknown_ai",
    "stock.move",
}
UNITS = re.compile(r"_(minor|milli|ms)$")


@pytest.mark.parametrize("language", BOOKS)
def test_every_code_of_the_api_has_words(language):
    """What the till refuses is told in the register's language: by its code, or by its room."""
    listed = json.loads(files("cashwrap.api").joinpath("codes.json").read_bytes())
    book = BOOKS[language]
    codes = {code for codes in listed.values() for code in codes}
    without = {code for code in codes if f"problem.{code}" not in book}
    assert without == OF_ITS_ROOM & codes
    for code in without:
        assert "{code}" in book[f"problem.{code.partition('.')[0]}"]


def test_words_name_only_what_their_error_carries():
    """A value in the words of a code is one that every error of this code was made with."""
    carried = dict(_errors())
    for key, text in BOOKS["en"].items():
        found = re.fullmatch(r"problem\.(\w+\.\w+)(\..+)?", key)
        if found and (names := set(re.findall(r"\{(\w+)\}", text)) - {"code"}):
            assert names <= carried[found[1]], key


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("CouponRefused", "sale.coupon"),
        ("PostVoidRefused", "return.post_void"),
        ("ReturnRefused", "return.refused"),
    ],
)
def test_every_reason_that_is_plain_text_has_words_of_its_own(error, code):
    """Why a coupon, a post-void or a return was refused is told in the cashier's language too."""
    said = {
        node.args[1].value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == error
        if isinstance(node.args[1], ast.Constant)
    }
    prefix = f"problem.{code}."
    worded = {key.removeprefix(prefix) for key in BOOKS["zh-CN"] if key.startswith(prefix)}
    assert said
    assert worded == said


def test_a_refusal_is_told_with_its_values_in_the_language_of_the_register(register):
    """Money and times of a message stand as people write them; an unknown code keeps its words."""
    first = register(language="zh-CN")
    first.page.wait_for_selector(".person")
    told = """async (given) =>
      (await import(new URL("js/words.js", document.baseURI))).problem(given)"""

    def say(code, **values):
        given = {"code": code, "message": "in English", "values": values}
        return first.page.evaluate(told, given)

    assert say("sale.refund_exceeds_due", asked_minor=1500, due_minor=350) == (
        "最多只能退 ¥3.50，不能退 ¥15.00"
    )
    assert say("sale.coupon", coupon="VIP", reason="has expired") == "券 VIP 已过期"
    assert say("sale.coupon", coupon="VIP", reason="of a plugin").startswith("券 VIP 这一单不能用")
    late = {"hold": "H00001", "when": "18:05", "state": "resumed", "register": "R2"}
    assert "由 小王 取到收银台 R2" in say("hold.already_resumed", **late, staff="小王")
    assert say("hold.already_resumed", **late, staff="") == (
        "H00001 已在 18:05 被取走，请刷新挂单列表"
    )
    assert say("store.fold_failed").endswith("store.fold_failed")
    assert say("my_plugin.closed") == "in English"
    assert say("") == "in English"


def _errors() -> Iterator[tuple[str, set[str]]]:
    """Yield each code of a class, and the names that its errors carry, without their units."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and (code := _code(node)):
                yield (
                    code,
                    {
                        UNITS.sub("", one.attr)
                        for one in ast.walk(node)
                        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store)
                    },
                )


def _code(node: ast.ClassDef) -> str:
    for one in node.body:
        if isinstance(one, ast.Assign) and getattr(one.targets[0], "id", "") == "code":
            return str(getattr(one.value, "value", ""))
    return ""
