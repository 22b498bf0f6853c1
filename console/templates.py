"""What the templates of a sequence ask of a lead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import StrictUndefined, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
_DEFAULTS = {"default", "d"}
_DEFINED = {"defined", "undefined"}
# Every lead has this one.
ADDRESS = "email"


@dataclass(frozen=True, slots=True)
class Needs:
    """What templates ask of a lead.

    `filled` variables must have a value; `present` ones must exist and may be empty (`{% if x %}` looks
    at them first); `optional` ones have a default. `lines` says on which line each is first used.
    """

    filled: frozenset[str]
    present: frozenset[str]
    optional: frozenset[str]
    lines: Mapping[str, int]


def needs(source: str) -> Needs:
    """Return what a template asks of a lead; raise `TemplateSyntaxError` if it is none."""
    tree = _ENVIRONMENT.parse(source)
    wanted = meta.find_undeclared_variables(tree) - {ADDRESS} - _ENVIRONMENT.globals.keys()
    uses: dict[str, set[str]] = {}
    lines: dict[str, int] = {}
    for name, line, kind in _uses(tree, "plain"):
        if name in wanted:
            uses.setdefault(name, set()).add(kind)
            lines.setdefault(name, line)
    filled = frozenset(name for name, kinds in uses.items() if "plain" in kinds and kinds <= {"plain", "default"})
    optional = frozenset(name for name, kinds in uses.items() if kinds & {"default", "defined"}) - filled
    return Needs(filled, frozenset(uses) - filled - optional, optional, lines)


def _uses(node: nodes.Node, kind: str) -> Iterator[tuple[str, int, str]]:
    if isinstance(node, nodes.Name):
        yield node.name, node.lineno, kind
    for field, child in _children(node):
        yield from _uses(child, _kind(node, field, kind))


def _children(node: nodes.Node) -> Iterator[tuple[str, nodes.Node]]:
    for field, value in node.iter_fields():
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, nodes.Node):
                yield field, child


def _kind(node: nodes.Node, field: str, kind: str) -> str:
    if field == "node" and isinstance(node, nodes.Filter) and node.name in _DEFAULTS:
        return "default"
    if field == "node" and isinstance(node, nodes.Test) and node.name in _DEFINED:
        return "defined"
    if kind == "plain" and (
        (isinstance(node, nodes.If | nodes.CondExpr) and field == "test") or (isinstance(node, nodes.Or))
    ):
        return "test"
    return kind


__all__ = ["ADDRESS", "Needs", "TemplateSyntaxError", "needs"]
