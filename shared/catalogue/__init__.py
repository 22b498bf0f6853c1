"""The documents about events, generated from the code: JSON Schema, AsyncAPI, and a page for people."""

from shared.catalogue.documents import documents

__all__ = ["documents"]
