"""The house is built as its plan says: import rules, the same rooms everywhere, files that fit on a few screens."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.processes import ALL

ROOT = Path(__file__).resolve().parents[2]
SERVICES = sorted(folder.name for folder in (ROOT / "services").iterdir() if (folder / "__main__.py").exists())
LONGEST_FILE_LINES = 250
# The one place where tests may sleep: between two looks at a condition.
WAITING = ROOT / "tests" / "waiting.py"


def sources(*folders: str) -> Iterator[Path]:
    """Yield the Python files of top folders."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def named(path: Path) -> str:
    """Return a path as people write it."""
    return str(path.relative_to(ROOT))


def imported(path: Path) -> set[str]:
    """Return what a file imports, as dotted names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module or ''}.{alias.name}" for alias in node.names}
    return found


def called(path: Path) -> set[str]:
    """Return the names and dotted names that a file calls."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return {ast.unparse(function) for function in calls if isinstance(function, ast.Name | ast.Attribute)}


def test_the_import_contracts_hold() -> None:
    checker = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([str(checker), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert " 0 broken" in checked.stdout


def test_the_console_runs_exactly_the_services_that_there_are() -> None:
    assert sorted(ALL) == SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_rooms(service: str) -> None:
    rooms = {entry.name for entry in (ROOT / "services" / service).iterdir()}
    assert {"__init__.py", "__main__.py", "config.py", "rules.py", "README.md"} - rooms == set()
    assert rooms & {"handlers.py", "jobs.py"}, "nothing starts its work"


@pytest.mark.parametrize("service", SERVICES)
def test_a_composition_root_fits_on_one_screen(service: str) -> None:
    assert len((ROOT / "services" / service / "__main__.py").read_text(encoding="utf-8").splitlines()) <= 50


def test_no_file_is_longer_than_250_lines() -> None:
    lengths = {
        named(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources("services", "shared", "console", "demo", "benchmarks", "evaluation", "chaos")
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE_LINES} == {}


def test_no_test_mocks_anything() -> None:
    guilty = [
        named(path)
        for path in sources("tests")
        if any("mock" in name.lower().split(".") or name == "unittest.mock" for name in imported(path))
    ]
    assert guilty == []


def test_no_test_sleeps() -> None:
    sleeping = {"time.sleep", "sleep", "asyncio.sleep"}
    assert [named(path) for path in sources("tests") if path != WAITING and called(path) & sleeping] == []


def test_the_architecture_page_names_only_tests_that_exist() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    places = {word.strip("`,") for word in page.split() if word.startswith("`tests/")}
    assert places
    assert [place for place in sorted(places) if not (ROOT / place).exists()] == []
