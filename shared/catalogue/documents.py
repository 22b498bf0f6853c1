"""All documents about events, by file name."""

import json
from importlib.metadata import version

import yaml

from shared.catalogue.asyncapi import asyncapi
from shared.catalogue.page import page
from shared.catalogue.schemas import schema, schema_file
from shared.events import CONTRACTS


def documents() -> dict[str, str]:
    """Return the text of each document of this version of CAM, by its file's name."""
    current = version("cam")
    schemas = {
        schema_file(contract): json.dumps(schema(contract), indent=2, ensure_ascii=False) + "\n"
        for contract in CONTRACTS.values()
    }
    described = yaml.safe_dump(asyncapi(current), sort_keys=False, allow_unicode=True, width=120)
    return {**schemas, "asyncapi.yaml": described, "README.md": page(current)}
