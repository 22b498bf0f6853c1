"""Reads metrics as Prometheus does: over HTTP, parsed by its own library."""

from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


class Scrape:
    """What one look at `/metrics` showed."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        with urlopen(f"http://{host}:{port}/metrics", timeout=5) as answer:
            self.text: str = answer.read().decode()
        families = text_string_to_metric_families(self.text)
        self._samples: Samples = {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in families
            for sample in family.samples
        }

    def __call__(self, name: str, /, **labels: str) -> float:
        """Return a sample's value; 0 if nothing was counted yet."""
        return self._samples.get((name, tuple(sorted(labels.items()))), 0)

    @property
    def names(self) -> set[str]:
        """Return the names of all samples."""
        return {name for name, _ in self._samples}
