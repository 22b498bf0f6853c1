"""`python -m shared.catalogue FOLDER`: writes the documents about events there (`make contracts`)."""

import sys
from pathlib import Path

from shared.catalogue import documents


def main(arguments: list[str]) -> int:
    """Write all documents; return the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m shared.catalogue FOLDER\n")
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{folder / name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
