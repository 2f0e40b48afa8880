"""What people read beside a field of a plugin's settings, in both languages."""

from collections.abc import Mapping

from msgspec import Meta

Said = tuple[str, str]
"""A field's name for people, and what it does."""


def setting(
    en: Said,
    zh: Said,
    *,
    ge: int | None = None,
    le: int | None = None,
    unit: str = "",
    secret: bool = False,
    names: Mapping[str, Said] = {},
    pattern: str | None = None,
) -> Meta:
    """Return the `msgspec.Meta` of a settings field: ``Annotated[int, setting(...), ...]``.

    ``en`` and ``zh`` are (name, what it does). ``ge`` and ``le`` are the least and the most of a
    number; ``unit`` "minor" is money in minor units. A ``secret`` is never shown once it is set.
    ``names`` are what people read in place of the values of a ``Literal``: (English, Chinese).
    ``pattern`` is what a text has to match.
    """
    schema: dict[str, object] = {"x-zh": {"title": zh[0], "description": zh[1]}}
    if unit:
        schema["x-unit"] = unit
    if names:
        schema["x-names"] = {one: {"en": said[0], "zh-CN": said[1]} for one, said in names.items()}
    if secret:
        schema["x-secret"] = True
    if ge is None and le is None:
        return Meta(pattern=pattern, title=en[0], description=en[1], extra_json_schema=schema)
    return Meta(ge=ge, le=le, title=en[0], description=en[1], extra_json_schema=schema)
