"""The page's words, and what the page is made of."""

import json
import re
from importlib.resources import files
from pathlib import Path

import cashwrap_plugins

STATIC = Path(cashwrap_plugins.__file__).parent / "register" / "static"
BOOKS = {
    path.stem: json.loads(path.read_text("utf-8")) for path in (STATIC / "words").glob("*.json")
}
SCRIPTS = {path.name: path.read_text("utf-8") for path in (STATIC / "js").glob("*.js")}


def test_every_language_has_every_word():
    """A text that one language has, all have, with the same values put in."""
    assert set(BOOKS) == {"zh-CN", "en"}
    chinese, english = BOOKS["zh-CN"], BOOKS["en"]
    assert chinese.keys() == english.keys()
    for key, text in chinese.items():
        assert text.strip(), key
        assert set(_values(text)) == set(_values(english[key])), key


def test_every_word_that_the_page_says_is_written():
    """No key of a text is missing, so nobody ever reads one."""
    said = {key for text in SCRIPTS.values() for key in re.findall(r'\bt\("([^"$]+)"', text)}
    assert len(said) > 200
    assert said <= BOOKS["en"].keys()


def test_the_page_asks_nobody_but_its_own_till():
    """No address of another host stands in the page: it works with the network cable out."""
    for path in STATIC.rglob("*"):
        if path.suffix in {".js", ".css", ".html"} and path.parent.name != "vendor":
            text = path.read_text("utf-8")
            assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]", text), path.name


def test_what_others_wrote_is_small_and_has_its_licences():
    """Two files, and the licence of each of their parts beside them."""
    vendor = STATIC / "vendor"
    assert sum(path.stat().st_size for path in vendor.glob("*.js")) < 50_000
    assert "Apache License" in (vendor / "LICENSE-htm.txt").read_text()
    for name in ("preact", "uqr"):
        assert "MIT" in (vendor / f"LICENSE-{name}.txt").read_text()


def test_nothing_that_is_heard_waits_for_the_first_paint():
    """Listeners and focus stand before a screen is painted: a quick key would go elsewhere."""
    for name, text in SCRIPTS.items():
        for effect in re.findall(r"\buseEffect\(\(\) => \{(.*?)\n  \}", text, re.DOTALL):
            assert not re.search(r"addEventListener|\blisten\(|\.focus\(", effect), name


def test_the_page_of_pairing_names_the_screen_as_the_register_does():
    """Whoever pairs a phone finds at the till what the phone's page told them to open."""
    page = files("cashwrap.api").joinpath("pair_page.py").read_text("utf-8")
    for book in BOOKS.values():
        assert book["pairing"] in page


def _values(text):
    return re.findall(r"\{(\w+)\}", text)
