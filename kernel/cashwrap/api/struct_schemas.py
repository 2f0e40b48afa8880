"""How structs stand in the OpenAPI document: their words, their units, what is always there."""

from __future__ import annotations

from inspect import cleandoc

import msgspec
from litestar._openapi.schema_generation import SchemaCreator
from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin
from litestar.openapi.spec import Reference
from litestar.openapi.spec.schema import Schema
from litestar.typing import FieldDefinition

from cashwrap.api.bodies import Body
from cashwrap.api.field_words import field_words


class StructSchemas(StructSchemaPlugin):
    """Structs with their docstrings. An answer always has all its fields; a body says which."""

    def to_openapi_schema(
        self, field_definition: FieldDefinition, schema_creator: SchemaCreator
    ) -> Schema:
        """Return the schema of a struct."""
        kind: type[msgspec.Struct] = field_definition.type_
        schema = super().to_openapi_schema(field_definition, schema_creator)
        schema.description = words_of(kind.__doc__)
        if issubclass(kind, Body):
            schema.additional_properties = False
        else:
            schema.required = list(schema.properties or ())
        for name, found in (schema.properties or {}).items():
            if isinstance(found, Schema):
                _describe(found, name, answered=not issubclass(kind, Body))
        return schema


def words_of(docstring: str | None) -> str:
    """Return a docstring as Markdown."""
    return cleandoc(docstring or "").replace("``", "`")


def _describe(schema: Schema | Reference, name: str, *, answered: bool) -> None:
    if not isinstance(schema, Schema):
        return
    if answered:
        schema.default = None  # it is always there
    if schema.description is None and (words := field_words(name)):
        schema.description = words
