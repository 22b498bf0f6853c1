"""The documents about events are what the code says, and what the code writes follows them."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker

from shared.catalogue import documents
from shared.clock import utc_now
from shared.errors import SchemaInvalidError
from shared.events import CONTRACTS, parse, wrap
from shared.messaging.topology import SUBSCRIPTIONS
from tests.contracts.goldens import goldens, of_this_version

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "events"
GOLDEN = of_this_version()


def validator(event_type: str) -> Draft7Validator:
    """Return what checks an envelope against the schema in the repository."""
    schema = json.loads((FOLDER / f"{event_type}.schema.json").read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema, format_checker=FormatChecker())


def described() -> dict[str, Any]:
    """Return the AsyncAPI document in the repository."""
    loaded = yaml.safe_load((FOLDER / "asyncapi.yaml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_the_documents_are_those_of_today_s_code() -> None:
    written = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.iterdir()}
    assert written == documents(), "run: make contracts"


@pytest.mark.parametrize(("released", "event_type"), goldens())
def test_every_golden_payload_follows_the_json_schema(released: str, event_type: str) -> None:
    validator(event_type).validate(goldens()[released, event_type])


@pytest.mark.parametrize("event_type", CONTRACTS)
def test_what_is_written_today_follows_the_json_schema(event_type: str) -> None:
    data = CONTRACTS[event_type].model_validate(GOLDEN[event_type]["data"])
    validator(event_type).validate(wrap(data, source="/cam/test", time=utc_now()).to_json())


def _spoilt() -> list[tuple[str, str, object]]:
    spoilt: list[tuple[str, str, object]] = [
        (kind, field, ["not", "this"]) for kind, document in GOLDEN.items() for field in document["data"]
    ]
    return [
        *spoilt,
        ("lead.timeout", "lead_id", 0),
        ("reply.classified", "confidence", 1.5),
        ("reply.classified", "classification", "MAYBE"),
        ("reply.classified", "return_date", "next week"),
        ("alert.requested", "alert_type", "lower case"),
        ("alert.requested", "title", "x" * 201),
    ]


@pytest.mark.parametrize(("event_type", "field", "wrong"), _spoilt())
def test_schema_and_code_refuse_the_same(event_type: str, field: str, wrong: object) -> None:
    document = GOLDEN[event_type]
    spoilt = document | {"data": document["data"] | {field: wrong}}
    assert not validator(event_type).is_valid(spoilt)
    with pytest.raises(SchemaInvalidError, match=field):
        parse(json.dumps(spoilt).encode(), CONTRACTS[event_type])


@pytest.mark.parametrize("event_type", CONTRACTS)
def test_schema_and_code_require_the_same(event_type: str) -> None:
    document = GOLDEN[event_type]
    for place, names in (("data", set(document["data"])), ("", set(document))):
        for name in names:
            lacking = json.loads(json.dumps(document))
            del (lacking[place] if place else lacking)[name]
            accepted = validator(event_type).is_valid(lacking)
            try:
                parse(json.dumps(lacking).encode(), CONTRACTS[event_type])
            except SchemaInvalidError:
                assert not accepted, f"without {name}"
            else:
                assert accepted, f"without {name}"


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in _references(value)]
    if isinstance(node, list):
        return [found for value in node for found in _references(value)]
    return []


def _resolved(document: dict[str, Any], reference: str) -> object:
    if reference.startswith("./"):
        return json.loads((FOLDER / reference.removeprefix("./")).read_text(encoding="utf-8"))
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = described()
    found = _references(document)
    assert len(found) > 20
    assert all(_resolved(document, reference) for reference in found)


def test_every_operation_of_the_asyncapi_document_uses_messages_of_its_channel() -> None:
    document = described()
    for name, operation in document["operations"].items():
        assert operation["action"] in {"send", "receive"}, name
        channel = operation["channel"]["$ref"]
        assert channel.startswith("#/channels/"), name
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"]), name


def _announced_by_the_code() -> set[tuple[str, str]]:
    programs = [*(ROOT / "services").glob("*/*.py"), *(ROOT / "console").glob("*.py")]
    found = {(file.parent.name, kind) for file in programs for kind in _made_in(file)}
    # What the kernel makes on behalf of whoever consumes.
    kernel = {kind for file in (ROOT / "shared" / "messaging").glob("*.py") for kind in _made_in(file)}
    return found | {(each.service, kind) for each in SUBSCRIPTIONS for kind in kernel}


def _made_in(file: Path) -> set[str]:
    names = {contract.__name__: kind for kind, contract in CONTRACTS.items()}
    calls = (node.func for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return {names[called.id] for called in calls if isinstance(called, ast.Name) and called.id in names}


def test_the_programs_that_make_an_event_are_those_that_its_contract_names() -> None:
    named = {(service, kind) for kind, contract in CONTRACTS.items() for service in contract.producers}
    assert named == _announced_by_the_code()
