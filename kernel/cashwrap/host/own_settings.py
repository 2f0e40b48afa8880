"""The settings of plugins as people change them: read, checked as a whole, written back.

The owner's file stays the owner's: what they wrote beside and between the settings is kept. What is
changed takes effect when the till opens next.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from cashwrap.errors import BulkRefused, Issue
from cashwrap.host.plugin import Plugin
from cashwrap.host.secrets import blanked, kept, shown
from cashwrap.settings import FILE_NAME, SettingsRefused, parse_settings, settings_text

Values = dict[str, Any]
_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<at>[^`]*)`)?$", re.DOTALL)


class PluginSettingsRefused(BulkRefused):
    """Settings that a plugin cannot take; each issue names the field."""

    code = "settings.invalid"


class NoSettings(SettingsRefused):
    """The plugin has no settings of its own."""

    code = "settings.none"

    def __init__(self, plugin: str) -> None:
        super().__init__(plugin)
        self.plugin = plugin

    def __str__(self) -> str:
        return f"plugin {self.plugin!r} has no settings: its manifest names none"


class OwnSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin's settings as its page shows them.

    ``schema`` is a JSON schema. ``values`` are those of the file, ``defaults`` what holds where it
    says nothing. Secret values are left out of both; ``secrets`` names those that are set.
    ``needs_restart``: the till was opened with others.
    """

    plugin: str
    title: dict[str, str]
    schema: dict[str, Any]
    values: Values
    defaults: Values
    secrets: tuple[str, ...]
    needs_restart: bool


def own_settings(plugin: Plugin, folder: Path, opened_with: Mapping[str, Any]) -> OwnSettings:
    """Return a plugin's settings as they stand in the file now. Raises NoSettings."""
    schema = schema_of(plugin)
    values = written(folder).get("plugins", {}).get(plugin.name, {})
    open_values, secrets = shown(schema, values)
    return OwnSettings(
        plugin=plugin.name,
        title=plugin.manifest.title,
        schema=schema,
        values=open_values,
        defaults=shown(schema, _defaults(_kind(plugin)))[0],
        secrets=secrets,
        needs_restart=values != dict(opened_with),
    )


def schema_of(plugin: Plugin) -> dict[str, Any]:
    """Return the JSON schema of a plugin's settings. Raises NoSettings."""
    kind = _kind(plugin)
    try:
        return msgspec.json.schema(kind)
    except TypeError:  # of a type that JSON has no words for
        return {}


def changed(plugin: Plugin, folder: Path, values: Values) -> tuple[str, ...]:
    """Write a plugin's settings into the file; return the names of those that changed.

    A secret that is left out stays as it is; None takes it out. Raises NoSettings,
    PluginSettingsRefused, SettingsRefused.
    """
    text = settings_text(folder)
    before = _parsed(text).get("plugins", {}).get(plugin.name, {})
    wanted = kept(schema_of(plugin), values, before)
    _check(plugin, wanted)
    names = [name for name in {**before, **wanted} if before.get(name) != wanted.get(name)]
    if names:
        document = _document(text)
        _put(_table(document, "plugins", plugin.name), wanted)
        _write(folder, document, ("plugins", plugin.name), wanted)
    return tuple(sorted(names))


def switched(name: str, folder: Path, *, on: bool) -> bool:
    """Enable or disable a plugin in the file; return whether that changed it."""
    text = settings_text(folder)
    host = _parsed(text).get("host", {})
    wanted = {key: list(value) for key, value in host.items() if key in ("disable", "only")}
    off = [one for one in wanted.get("disable", []) if one != name]
    if off != wanted.get("disable", []) or not on:
        wanted["disable"] = off if on else [*off, name]
    if on and wanted.get("only") and name not in wanted["only"]:
        wanted["only"].append(name)
    if all(list(host.get(key, [])) == value for key, value in wanted.items()):
        return False
    document = _document(text)
    table = _table(document, "host")
    for key, value in wanted.items():
        table[key] = value
    _write(folder, document, ("host",), {**host, **wanted})
    return True


def is_changed(name: str, folder: Path, opened_with: Mapping[str, Any], *, used: bool) -> bool:
    """Return whether the file says of a plugin something else than when the till was opened."""
    with suppress(SettingsRefused):
        found = written(folder)
        host, own = found.get("host", {}), found.get("plugins", {}).get(name, {})
        only = host.get("only", [])
        wanted = name not in host.get("disable", []) and (not only or name in only)
        return own != dict(opened_with) or wanted is not used
    return True


def without_secrets(text: str, plugins: Iterable[Plugin]) -> str:
    """Return a settings file as the journal keeps it: secrets of plugins are not in it."""
    values = _parsed(text).get("plugins", {})
    secret = [
        plugin
        for plugin in plugins
        if plugin.settings_kind is not None
        and shown(schema_of(plugin), values.get(plugin.name, {}))[1]
    ]
    if not secret:
        return text
    import tomlkit

    document = _document(text)
    for plugin in secret:
        blanked(schema_of(plugin), document["plugins"][plugin.name])
    return tomlkit.dumps(document)


def written(folder: Path) -> Values:
    """Return what stands in the settings file. Raises SettingsRefused."""
    return _parsed(settings_text(folder))


# Inside


def _kind(plugin: Plugin) -> type[msgspec.Struct]:
    if plugin.settings_kind is None:
        raise NoSettings(plugin.name)
    return plugin.settings_kind


def _defaults(kind: type[msgspec.Struct]) -> Values:
    """Return what holds where the file says nothing; what must be given is left out."""
    found = {}
    for field in msgspec.structs.fields(kind):
        if field.default is not msgspec.NODEFAULT:
            found[field.encode_name] = msgspec.to_builtins(field.default)
        elif field.default_factory is not msgspec.NODEFAULT:
            found[field.encode_name] = msgspec.to_builtins(field.default_factory())
    return found


def _check(plugin: Plugin, values: Values) -> None:
    """Raise PluginSettingsRefused with each field that cannot be."""
    issues, rest = list[Issue](), dict(values)
    while True:
        try:
            msgspec.convert(rest, _kind(plugin))
            break
        except msgspec.ValidationError as error:
            found = _AT.match(str(error))
            assert found is not None  # it matches anything
            at = found["at"] or ""
            top = re.split(r"[.\[]", at, maxsplit=1)[0] or _named(found["what"], rest)
            issues.append(Issue(at or top, "settings.invalid", found["what"]))
            if rest.pop(top, None) is None:
                break  # it lacks one, or is wrong as a whole
        except Exception as error:  # whatever a plugin's __post_init__ may raise
            issues.append(Issue("", "settings.invalid", f"{error}"))
            break
    if issues:
        raise PluginSettingsRefused(issues)


def _named(what: str, values: Values) -> str:
    """Return the field that a message names, "" for none: unknown ones stand in no place."""
    found = re.search(r"`([^`]+)`", what)
    return found[1] if found is not None and found[1] in values else ""


def _parsed(text: str) -> Values:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsRefused(f"{FILE_NAME}: {error}") from error


def _document(text: str) -> Any:
    import tomlkit

    return tomlkit.parse(text)


def _table(document: Any, *path: str) -> Any:
    """Return a table of the document, made where it is not there."""
    import tomlkit

    place = document
    for depth, name in enumerate(path, 1):
        if name not in place:
            place[name] = tomlkit.table(is_super_table=depth < len(path))
        place = place[name]
    return place


def _put(table: Any, values: Values) -> None:
    """Change a table into what is wanted, and leave alone what is that already."""
    for name in [name for name in table if name not in values]:
        del table[name]
    for name, value in values.items():
        if isinstance(value, dict) and isinstance(table.get(name), dict):
            _put(table[name], value)
        elif name not in table or _plain(table[name]) != value:
            table[name] = value


def _plain(value: Any) -> Any:
    unwrap = getattr(value, "unwrap", None)
    return value if unwrap is None else unwrap()


def _write(folder: Path, document: Any, place: tuple[str, ...], wanted: Values) -> None:
    """Replace the file, once it is sure that it says what is wanted and that a till takes it."""
    import tomlkit

    text = tomlkit.dumps(document)
    parse_settings(text)
    found = _parsed(text)
    for name in place:
        found = found.get(name, {})
    assert found == wanted  # what was put there is read back
    _replace(folder / FILE_NAME, text)


def _replace(path: Path, text: str) -> None:
    """Write a file whole in place of one that is there, readable by whom that one was."""
    fresh = path.with_name(path.name + ".new")
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    try:
        fresh.unlink(missing_ok=True)  # of a program that was killed: others may have it open
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        os.chmod(fresh, mode)
        os.replace(fresh, path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        raise SettingsRefused(
            f"cannot write {path} ({error.strerror}): nothing was changed; free some space, or "
            "let this user write it"
        ) from error
