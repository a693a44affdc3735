"""What a worker counts, for Prometheus: once all is done, received equals stored plus duplicate plus rejected."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from ingest.account import Outcome


class Counters:
    """Counters of one worker, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.received = self._counter("messages_received", "Messages taken from the broker")
        self.bytes = self._counter("bytes_received", "Bytes of these messages, with their topics")
        self.acked = self._counter("messages_acked", "Messages acknowledged after their commit")
        self.stale = self._counter(
            "messages_stale", "Messages settled after their connection had ended, never acknowledged"
        )
        self.decoded = self._counter("measurements_received", "Values that came, whatever became of them")
        self.stored = self._counter("measurements_stored", "Values stored, revisions included")
        self.duplicate = self._counter("measurements_duplicate", "Values that were there already")
        self.rejected = Counter("vigie_measurements_rejected", "Values refused", ["reason"], registry=self.registry)
        self.compared = self._counter("batches_compared", "Batches that took the comparing path")
        self.retried = self._counter("batches_retried", "Attempts to write a batch that failed and were repeated")
        self.receipts_dropped = self._counter("receipts_dropped", "Receipts given up because too many were waiting")
        self.unfinished = Gauge(
            "vigie_messages_unfinished", "Messages taken and not settled yet", registry=self.registry
        )

    def count_bytes(self) -> int:
        """Give the bytes taken in since this worker began."""
        return int(
            sum(sample.value for one in self.bytes.collect() for sample in one.samples if has_total(sample.name))
        )

    def count(self, outcome: Outcome) -> None:
        """Add a committed batch."""
        self.decoded.inc(outcome.batch.n_received)
        self.stored.inc(outcome.n_stored)
        self.duplicate.inc(outcome.n_duplicate)
        self.compared.inc(outcome.is_compared)
        for reason, n_values in outcome.count_rejected().items():
            self.rejected.labels(reason.value).inc(n_values)

    def _counter(self, name: str, help_text: str) -> Counter:
        return Counter(f"vigie_{name}", help_text, registry=self.registry)


def has_total(name: str) -> bool:
    """Say whether a sample of a counter is its count, not the instant at which it began."""
    return name.endswith("_total")
