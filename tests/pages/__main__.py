"""Write the generated pages of docs/ (``make docs``)."""

from pages.contents import PAGES, ROOT

for path, page in PAGES.items():
    (ROOT / path).write_text(page(), encoding="utf-8")
    print(path)
