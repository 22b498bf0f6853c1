"""Trains the classifier's model on the sentences of the grammar and writes its weights: `make train`."""

import argparse
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from services.classifier.model import FORMAT
from services.classifier.situations import Situation
from training.fit import UNIT, Fitted, fit, temperature
from training.grammar import grammars
from training.sentences import sentences

SEED = 20261125
ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "services" / "classifier" / "model.tsv"


def source() -> str:
    """Return a digest of all that the weights depend on, so that stale ones are noticed."""
    read_as = ("features", "languages", "words", "situations", "concepts", "concept_words")
    paths = [*(ROOT / "training").rglob("*.txt"), *(ROOT / "training").glob("*.py")]
    paths += [ROOT / "services" / "classifier" / f"{name}.py" for name in read_as]
    return sha256(b"\0".join(path.read_bytes() for path in sorted(paths))).hexdigest()


def lines(fitted: Fitted, temperature: float = 1.0) -> Iterator[str]:
    """Return the lines of the weights file."""
    head = {
        "format": FORMAT,
        "source": source(),
        "situations": [situation.name for situation in Situation],
        "unit": UNIT,
        "temperature": temperature,
        "bias": [float(bias) for bias in fitted.regression.intercept_],
    }
    yield json.dumps(head)
    for name, weights in fitted.weights().items():
        if weights:
            yield name + "\t" + " ".join(f"{lane} {weight}" for lane, weight in weights.items())


def main() -> None:
    """Train and write; the same seed and grammar give the same file."""
    arguments = argparse.ArgumentParser(prog="make train", description=__doc__)
    arguments.add_argument("--out", type=Path, default=WEIGHTS, help="where the weights go (default: %(default)s)")
    arguments.add_argument("--seed", type=int, default=SEED, help="of the sentences (default: %(default)s)")
    chosen = arguments.parse_args()
    said = sentences(grammars(), chosen.seed)
    print(f"{len(said)} sentences of {len({one.language for one in said})} languages")
    overstated = temperature(said)
    print(f"temperature {overstated}, from templates that were left out")
    fitted = fit(said)
    chosen.out.write_text("\n".join(lines(fitted, overstated)) + "\n", encoding="utf-8")
    print(f"{len(fitted.columns)} features, {chosen.out.stat().st_size / 1e6:.1f} MB: {chosen.out}")


if __name__ == "__main__":
    main()
