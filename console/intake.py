"""One import as commands run it: a progress bar on a terminal, the rows into the campaign, a report."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import RenderableType
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Connection

from console.importing import LeadFile, Rejected
from console.lead_store import Target, store
from console.output import many, notices, table
from console.rejects import Rejects
from shared.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the operator wants an import: refuse all for one bad row; where to write the bad ones."""

    strict: bool = False
    keep_all: bool = False
    rejects_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to."""

    count: int
    rejects: Rejects


def run(connection: Connection, target: Target, file: LeadFile, wanted: Wanted) -> Imported:
    """Import a file; with `strict`, raise `ConfigurationError` if any row is bad."""
    rejects = Rejects(keep_all=wanted.keep_all or wanted.rejects_file is not None)
    with _progress(file) as on_bytes:
        count = store(connection, target, file.rows(on_bytes), rejects)
    if wanted.rejects_file:
        rejects.write(wanted.rejects_file)
    if wanted.strict and len(rejects):
        first = rejects.first()[0]
        raise ConfigurationError(
            f"nothing was imported, because of --strict: {file.path}:{first.line}: {_told(first)}{_more(len(rejects))}"
        )
    return Imported(count, rejects)


def _told(bad: Rejected) -> str:
    return ": ".join(part for part in (bad.address, str(bad.reason), bad.detail) if part)


def _more(count: int) -> str:
    return f" (and {count - 1:,} more bad rows: see --rejects FILE)" if count > 1 else ""


def report(imported: Imported) -> dict[str, object]:
    """Return what programs read of an import."""
    rows = [
        {"line": bad.line, "email": bad.address, "reason": bad.reason, "detail": bad.detail}
        for bad in imported.rejects.all()
    ]
    return {
        "imported": imported.count,
        "rejected": len(imported.rejects),
        "rejected_by_reason": dict(imported.rejects.by_reason),
        "rejects": rows,
    }


def summary(imported: Imported) -> str:
    """Return how many rows were rejected for which reason."""
    by_reason = sorted(imported.rejects.by_reason.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{count:,} {reason}" for reason, count in by_reason)


def refusal(file: LeadFile, imported: Imported) -> ConfigurationError:
    """Return what is wrong with a file that has no good row."""
    if not imported.rejects:
        return ConfigurationError(f"{file.path}: there is no row below the header, so nothing was created")
    first = imported.rejects.first()[0]
    more = _more(len(imported.rejects))
    return ConfigurationError(f"no row is good, so nothing was created: {file.path}:{first.line}: {_told(first)}{more}")


def told(imported: Imported) -> Iterator[RenderableType]:
    """Yield what people read of an import."""
    yield f"{many(imported.count, 'lead')} imported, {many(len(imported.rejects), 'row')} rejected"
    if imported.rejects:
        yield f"  {summary(imported)}"
        first = imported.rejects.first()
        rows = [(bad.line, bad.address, bad.reason, bad.detail) for bad in first]
        yield table("", ["line", "e-mail", "reason", ""], rows)
        if len(imported.rejects) > len(first):
            yield f"  … and {len(imported.rejects) - len(first):,} more: --rejects FILE writes them all"


@contextmanager
def _progress(file: LeadFile) -> Iterator[Callable[[int], None]]:
    console = notices()
    columns = (TextColumn("importing"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("importing", total=file.size())
        yield lambda position: progress.update(task, completed=position)
