"""The OpenAPI document against the till: whatever is asked, the answer is one that it promises.

``CASHWRAP_SCHEMA_EXAMPLES=200`` asks for longer.
"""

import os

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cashwrap.api import bodies, examples, pay_bodies, sale_bodies, shift_bodies
from cashwrap.api.rates import Rate

Client = TestClient[Litestar]
EXAMPLES = int(os.environ.get("CASHWRAP_SCHEMA_EXAMPLES", "4"))
SHOWN = examples.EXAMPLES
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def always(_: Rate) -> bool:
    return True


def test_no_request_gets_an_answer_that_is_not_promised(
    api: Client, monkeypatch: pytest.MonkeyPatch
):
    """Every route, asked with whatever its schema allows, answers as the document says."""
    monkeypatch.setattr(Rate, "take", always)
    schema = schemathesis.openapi.from_dict(api.get("/api/v1/schema/openapi.json").json())
    asked = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        asked.add((operation.method, operation.path))
        if operation.path != "/api/v1/session":  # it would sign us out
            ask_all(api, operation.as_strategy())
    assert len(asked) > 60


def test_examples_of_the_document_are_of_their_form(api: Client):
    """Each example is a body that its route takes; that of rules can be published."""
    made = api.get("/api/v1/schema/openapi.json").json()
    shown = {
        operation["operationId"]: (path, operation["requestBody"]["content"]["application/json"])
        for path, item in made["paths"].items()
        for operation in item.values()
        if operation.get("requestBody", {}).get("content", {}).get("application/json")
    }
    known = {**vars(bodies), **vars(pay_bodies), **vars(sale_bodies), **vars(shift_bodies)}
    assert SHOWN.keys() <= shown.keys()
    for name, example in SHOWN.items():
        kind = known.get(shown[name][1]["schema"]["$ref"].rpartition("/")[2])
        if kind is not None:
            msgspec.convert(example, kind)
    published = api.post("/api/v1/rules/publish", json=SHOWN["rule_publish"])
    assert published.status_code == 200, published.text
    rows = api.post("/api/v1/catalog/rows?update=true", json=SHOWN["catalog_import_rows"])
    assert rows.status_code == 200, rows.text


def ask_all(api: Client, cases: st.SearchStrategy[schemathesis.Case]) -> None:
    sale = api.post("/api/v1/sales", json={}).json()["id"]
    api.post(f"/api/v1/sales/{sale}/lines", json={"sku": "COLA"})

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: schemathesis.Case) -> None:
        if "sale" in case.path_parameters:
            case.path_parameters["sale"] = sale
        if "line" in case.path_parameters:
            case.path_parameters["line"] = 1
        sent = case.as_transport_kwargs(base_url="http://testserver.local")
        sent["headers"] = dict(sent["headers"])
        sent.pop("cookies", None)
        if isinstance(sent.get("data"), bytes | str):
            sent["content"] = sent.pop("data")
        if "files" in sent:  # what a browser uploads has a name and bytes
            sent["files"] = [("files", ("items.csv", repr(case.body).encode()))]
        answer = api.request(**{name: value for name, value in sent.items() if value is not None})
        answer.request.read()
        case.validate_response(schemathesis.Response.from_any(answer), checks=CHECKS)

    ask()
