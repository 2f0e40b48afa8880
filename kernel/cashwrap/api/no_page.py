"""What stands at the till's own address where no plugin has its page there."""

from litestar import MediaType, get

_PAGE = """\
<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>cashwrap</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 38rem;
  margin: 12vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; margin: 0; }
p { margin: .4rem 0 1.2rem; }
code { font-size: .95em; }
a { display: inline-block; min-height: 44px; line-height: 44px; }
</style></head>
<body>
<h1>这台收银机没有启用网页</h1>
<p>收银机在运行，本地接口可以使用，但没有启用带收银界面的插件。<code>cashwrap plugins</code>
列出插件，<code>cashwrap plugins --enable 名称</code> 启用，然后重新启动。</p>
<div lang="en"><h1>No page is used on this till</h1>
<p>The till runs and its local API can be used, but no plugin with a page for this address is
enabled. <code>cashwrap plugins</code> lists the plugins and
<code>cashwrap plugins --enable NAME</code> enables one; then start the till again.</p></div>
<a href="/api/v1/schema">API</a>
</body></html>
"""


@get("/", include_in_schema=False, media_type=MediaType.HTML)
async def no_page() -> str:
    """Say that the till is served without a page, and what to do."""
    return _PAGE
