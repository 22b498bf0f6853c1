"""The JSON Schema of each event as it stands on the wire: CloudEvents attributes and payload.

Draft 7, which AsyncAPI's tools read as well.
"""

from collections.abc import Mapping
from typing import Any

from shared.events import Attributes, Event

Schema = dict[str, Any]
_REFERENCE = "#/definitions/{model}"


def schema_file(contract: type[Event]) -> str:
    """Return the name of the file that an event's schema is written to."""
    return f"{contract.type}.schema.json"


def schema(contract: type[Event]) -> Schema:
    """Return the JSON Schema of an event's whole envelope; unknown fields are allowed, as they are ignored."""
    envelope = Attributes.model_json_schema(ref_template=_REFERENCE)
    payload = contract.model_json_schema(ref_template=_REFERENCE)
    definitions = payload.pop("$defs", {})
    attributes = {name: _untitled(rules) for name, rules in envelope["properties"].items()}
    attributes |= {"type": {"const": contract.type}, "data": _without_titles(payload)}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"urn:cam:event:{contract.type}",
        "title": contract.__name__,
        "description": contract.__doc__,
        "type": "object",
        "properties": attributes,
        "required": envelope["required"],
        "definitions": {name: _untitled(rules) for name, rules in definitions.items()},
    }


def _without_titles(payload: Schema) -> Schema:
    fields = {name: _untitled(rules) for name, rules in payload["properties"].items()}
    return _untitled(payload) | {"properties": fields}


def _untitled(rules: Mapping[str, Any]) -> Schema:
    # A title that pydantic made of the field's name says nothing.
    return {name: value for name, value in rules.items() if name != "title"}
