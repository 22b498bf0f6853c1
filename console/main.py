"""The operator's command line: finds the command, and turns every failure into one line and a status."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn

import typer

from console.command_table import Commands
from shared.errors import CamError, ConfigurationError

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130
_SETUP = "the database is not set up for this version: run cam setup"
# Undefined table and column; a role that the set-up would have created.
_NOT_SET_UP = {"42P01", "42703", "22023"}

app = typer.Typer(
    cls=Commands,
    help="Run cold-e-mail campaigns without a person at the wheel. Begin with: cam setup",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def cam() -> None:
    """Run cold-e-mail campaigns without a person at the wheel. Begin with: cam setup."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end the process: 0 it worked, 1 it failed, 2 bad input or configuration."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments, before=_hush))


def run(arguments: Sequence[str], *, before: Callable[[], None] | None = None) -> int:
    """Run one command and return its exit status; an error is one line on standard error.

    `before` is called when the command is known and imported.
    """
    try:
        cam = typer.main.get_command(app)
        status = cam.main(args=list(arguments), prog_name="cam", standalone_mode=False, obj=before)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read this closed early, as `head` does; nothing may be flushed to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001 - the outermost frame: every failure becomes one line and a status
        return _refuse(error)
    return status if isinstance(status, int) else 0


def _hush() -> None:
    # The logs' library is needed by no help text, which shall be quick.
    import_module("console.quiet").hush()


def _refuse(error: Exception) -> int:
    message, status = explain(error)
    if type(error).__name__ == "NoArgsIsHelpError":
        # Help was printed; Click hides the class.
        return status
    if message:
        sys.stderr.write(f"cam: {' '.join(message.split())}\n")
    return status


def explain(error: Exception) -> tuple[str, int]:
    """Return the one line that says what went wrong, and the exit status."""
    if isinstance(error, ConfigurationError):
        return str(error), BAD_INPUT
    if isinstance(error, CamError):
        return _away(str(error)), FAILED
    if isinstance(error, typer.TyperException):
        return error.format_message(), error.exit_code
    if isinstance(error, typer.Abort):
        return "", INTERRUPTED
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}", BAD_INPUT
    return _database(error) or (f"{type(error).__name__}: {error}", FAILED)


def _away(message: str) -> str:
    for server in ("database", "broker"):
        if message.startswith(f"{server}: "):
            return f"the {server} does not answer ({message.removeprefix(f'{server}: ')})"
    return message


def _database(error: Exception) -> tuple[str, int] | None:
    # SQLAlchemy is imported only where a command used it.
    original = getattr(error, "orig", None)
    if original is None:
        return None
    state = getattr(original, "pgcode", None)
    if state in _NOT_SET_UP:
        return _SETUP, BAD_INPUT
    reason = (str(original).strip() or type(original).__name__).splitlines()[0]
    return f"the database refused: {reason}", FAILED


if __name__ == "__main__":
    main()
