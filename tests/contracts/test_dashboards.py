"""Dashboards and alert rules name metrics that exist, with labels that they have."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from shared.metrics import Metrics

FOLDER = Path(__file__).parents[2] / "deploy" / "dashboards"
RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"
_SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
_OF_PROMETHEUS = {"up"}
_LABELS_OF_THE_TARGET = {"instance", "job", "le"}


def loaded(name: str) -> Any:  # noqa: ANN401 - a JSON or YAML document
    """Return a document of the folder."""
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def expressions() -> Iterator[tuple[str, str]]:
    """Return every PromQL expression with where it stands."""
    for panel in json.loads((FOLDER / "grafana.json").read_text(encoding="utf-8"))["panels"]:
        for target in panel["targets"]:
            yield f"panel {panel['title']}", target["expr"]
    for rule in rules():
        yield f"alert {rule['alert']}", rule["expr"]


def rules() -> list[dict[str, Any]]:
    """Return the alerting rules."""
    return [rule for group in loaded("alerts.yml")["groups"] for rule in group["rules"]]


def known() -> dict[str, set[str]]:
    """Return every sample name that a service shows, with its labels."""
    found: dict[str, set[str]] = {"process_resident_memory_bytes": set()}
    for metric in vars(Metrics()).values():
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            for suffix in _SUFFIXES[family.type]:
                found[family.name + suffix] = set(metric._labelnames)  # noqa: SLF001 - told nowhere else before a sample
    return found


@pytest.mark.parametrize(("place", "expression"), list(expressions()))
def test_every_metric_and_label_of_an_expression_exists(place: str, expression: str) -> None:
    names = set(re.findall(r"\b(?:cam|process|up)(?:_[a-z_]+)?\b(?=[\[{) ]|$)", expression)) - _OF_PROMETHEUS
    assert names or "up{" in expression, place
    assert names - known().keys() == set(), place
    grouped = {label for group in re.findall(r"by \(([^)]*)\)", expression) for label in re.split(r",\s*", group)}
    matched = set(re.findall(r"[{,]\s*([a-z_]+)(?:=|!=)", expression))
    labels = set().union(*(known()[name] for name in names)) | _LABELS_OF_THE_TARGET
    assert (grouped | matched) - labels == set(), place


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_the_runbook_says_what_an_alert_of_prometheus_asks_for(rule: dict[str, Any]) -> None:
    assert f"| {rule['alert']} |" in RUNBOOK.read_text(encoding="utf-8")


def test_the_runbook_explains_every_metric() -> None:
    page = RUNBOOK.read_text(encoding="utf-8")
    families = {family.name for family in Metrics().registry.collect()}
    assert {name for name in families if f"`{name}" not in page} == set()


def test_names_and_units_are_those_that_prometheus_asks_for() -> None:
    for family in Metrics().registry.collect():
        assert family.documentation.endswith(".")
        assert re.fullmatch(r"cam_[a-z_]+", family.name)
        assert not re.search(r"_(ms|millis|minutes|hours|total|count|sum|bucket)$", family.name)
