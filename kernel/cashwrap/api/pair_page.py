"""``/pair``: where a device that is not known yet gives the code that the till shows.

One small page without scripts, in both languages at once, so that any browser takes it.
"""

from html import escape
from typing import Any
from urllib.parse import parse_qs

from litestar import Request, Response, get, post
from litestar.params import FromQuery

from cashwrap.api.cookies import DEVICE, set_cookie
from cashwrap.api.pair_routes import let_in
from cashwrap.errors import CashwrapError
from cashwrap.pairing.errors import CodeRefused, NameTaken

FORM_SIZE_MAX = 4096
_SAME = {"referrer-policy": "same-origin", "content-type": "text/html; charset=utf-8"}
_WRONG = (
    "配对码不对、已用过或已过期：请在收银机上重新显示一个。",
    "The code is wrong, was used, or is too old: let the till show a new one.",
)
_TAKEN = ("这个名称已被别的设备使用：请换一个。", "Another device has this name: choose another.")
_NAME = ("名称要有 1 到 40 个字。", "A name has 1 to 40 characters.")

_PAGE = """\
<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>配对 · Pair this device</title>
<style>
:root {{ --ink: #14211d; --soft: #4a5a54; --line: #c8d2ce; --ground: #eef1ef; --sheet: #fff;
  --act: #0a6b52; --on-act: #fff; --bad: #a1260d; --bad-ground: #fdecea }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #ecf2ef; --soft: #b5c3bd; --line: #35453f; --ground: #0d1412; --sheet: #17211e;
    --act: #3cc79c; --on-act: #04241a; --bad: #ffb4a5; --bad-ground: #3a1a14 }}
}}
* {{ box-sizing: border-box }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px;
  background: var(--ground); color: var(--ink);
  font: 17px/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif }}
main {{ width: 100%; max-width: 420px; background: var(--sheet); border: 1px solid var(--line);
  border-radius: 16px; padding: 28px 24px }}
h1 {{ font-size: 24px; line-height: 1.3; margin: 0 0 8px }}
p {{ margin: 0 0 20px; color: var(--soft) }}
[lang=en] {{ display: block; font-size: 15px }}
h1 [lang=en] {{ font-size: 17px; font-weight: 500; color: var(--soft) }}
label {{ display: block; font-weight: 600; margin-bottom: 20px }}
label [lang=en] {{ display: inline; font-weight: 400; color: var(--soft) }}
input {{ width: 100%; min-height: 52px; margin-top: 6px; padding: 8px 14px; font: inherit;
  font-weight: 400; color: inherit; background: var(--ground); border: 1px solid var(--line);
  border-radius: 10px }}
#code {{ font: 600 26px/1 ui-monospace, "DejaVu Sans Mono", monospace; letter-spacing: .12em;
  text-transform: uppercase }}
::placeholder {{ color: var(--soft); opacity: .5 }}
input:focus, button:focus {{ outline: 3px solid var(--act); outline-offset: 1px }}
button {{ width: 100%; min-height: 54px; font: inherit; font-weight: 600; color: var(--on-act);
  background: var(--act); border: 0; border-radius: 10px; cursor: pointer }}
[role=alert] {{ color: var(--bad); background: var(--bad-ground); border-radius: 10px;
  padding: 12px 14px; margin-bottom: 20px }}
</style>
<main>
<h1>配对这台设备<span lang="en">Pair this device</span></h1>
<p>在收银机上打开“更多 · 配对的屏幕”，输入显示的配对码。
<span lang="en">On the till open More, Paired screens, and give the code that it shows.</span></p>
{told}<form method="post" action="/pair">
<label for="code">配对码 <span lang="en">Code</span>
<input id="code" name="code" value="{code}" placeholder="XXXX-XXXX" required maxlength="20"
autocomplete="off" autocapitalize="characters" spellcheck="false"{code_focus}></label>
<label for="name">这台设备的名称 <span lang="en">Name of this device</span>
<input id="name" name="name" value="{name}" required maxlength="40" autocomplete="off"{name_focus}>
</label>
<button>配对 · Pair</button>
</form>
</main>
</html>
"""


@get("/pair", include_in_schema=False, sync_to_thread=False)
def pair_page(code: FromQuery[str] = "") -> Response[bytes]:
    """Return the page; a square code on the till's screen brings the code along."""
    return _shown(code)


@post("/pair", include_in_schema=False)
async def pair(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Let the device in and go to the till's page, or say what is wrong."""
    raw = await request.body()
    sent = parse_qs(raw[:FORM_SIZE_MAX].decode("utf-8", "replace"), max_num_fields=8)
    code, name = (sent.get(field, [""])[0] for field in ("code", "name"))
    try:
        new = await let_in(request, code, name)
    except CodeRefused:
        return _shown("", name, _WRONG, status=403)
    except NameTaken:
        return _shown(code, name, _TAKEN, status=409)
    except CashwrapError as error:
        told = _NAME if error.code == "input.invalid" else (str(error), "")
        return _shown(code, name, told, status=422 if told is _NAME else 503)
    cookie = set_cookie(DEVICE, new.key, request.scope).decode()
    return Response(b"", status_code=303, headers={"location": "/", "set-cookie": cookie, **_SAME})


def _shown(
    code: str, name: str = "", told: tuple[str, str] = ("", ""), *, status: int = 200
) -> Response[bytes]:
    zh, en = map(escape, told)
    alert = f'<p role="alert">{zh}<span lang="en">{en}</span></p>\n' if zh else ""
    focus = " autofocus"
    page = _PAGE.format(
        told=alert,
        code=escape(code[:20]),
        name=escape(name[:40]),
        code_focus="" if code else focus,
        name_focus=focus if code else "",
    )
    return Response(page.encode(), status_code=status, headers=_SAME)
