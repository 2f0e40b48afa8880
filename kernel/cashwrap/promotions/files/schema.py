"""The JSON Schema of rule files, for editors: made of the model, with words in both languages."""

from inspect import cleandoc

import msgspec

from cashwrap.promotions.digest import Plain
from cashwrap.promotions.files.fields import field_words
from cashwrap.promotions.rules import RuleSet

SCHEMA_FIELD = "$schema"
"""What editors write into a file to find this schema; it says nothing about the rules."""

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def rules_schema() -> dict[str, Plain]:
    """Return the schema of a rule set; TOML files have the same shape."""
    made: dict[str, Plain] = msgspec.json.schema(RuleSet)
    structs = made["$defs"]
    assert isinstance(structs, dict)
    for (struct, name), words in field_words().items():
        of_struct = structs[struct]
        assert isinstance(of_struct, dict)
        fields = of_struct["properties"]
        assert isinstance(fields, dict)
        field = fields[name]
        assert isinstance(field, dict)
        field["title"] = f"{words.zh} · {words.en}"
        field["description"] = f"{words.zh_text}。{words.en_text}."
        field["examples"] = [words.example]
    for of_struct in structs.values():
        assert isinstance(of_struct, dict)
        of_struct["description"] = _in_lines(str(of_struct["description"]))
    whole = structs["RuleSet"]
    assert isinstance(whole, dict)
    assert isinstance(whole["properties"], dict)
    whole["properties"][SCHEMA_FIELD] = {"type": "string"}
    return {"$schema": DRAFT, "title": "促销规则 · Promotion rules", **made}


def _in_lines(docstring: str) -> str:
    """Return a docstring as one line for each paragraph; Pythons differ in how they indent it."""
    paragraphs = cleandoc(docstring).replace("``", "`").split("\n\n")
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def schema_text() -> str:
    """Return the schema as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(rules_schema()), indent=2).decode() + "\n"
