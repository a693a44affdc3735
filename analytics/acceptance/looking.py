"""Batches looked at: each device by each check that applies."""

from collections.abc import Iterator
from datetime import datetime

from analytics.acceptance.checks import checks
from store.acceptance import Batch, CheckResult, Result, Watch, read_batches, read_watch, write_results
from store.inputs import Connection


def look_at_batches(connection: Connection, now: datetime) -> int:
    """Look at the batches that run and were not looked at for an hour, a transaction each; give how many there were."""
    n_looked_at = 0
    while True:
        with connection.transaction():
            batches = read_batches(connection, now)
            if not batches:
                return n_looked_at
            look(connection, batches[0], now)
        n_looked_at += 1


def look(connection: Connection, batch: Batch, now: datetime) -> tuple[Watch, list[CheckResult]]:
    """Check a batch by what came of it until now, at most until it is due, and write what was found."""
    watch = read_watch(connection, batch, min(now, batch.due_at))
    results = list(check_all(batch, watch))
    write_results(connection, batch, results, now)
    return watch, results


def check_all(batch: Batch, watch: Watch) -> Iterator[CheckResult]:
    """Check every device."""
    for device in watch.devices:
        for name, check in checks().items():
            if name not in batch.left_out:
                found = check.judge(device, watch)
                yield CheckResult(
                    device.device_id, name, found.result, found.sentence_fr, found.sentence_en, found.detail
                )


def overall(results: list[Result]) -> Result:
    """Sum up a device: it fails with any check, and passes with all; not known is not passed."""
    if "fail" in results:
        return "fail"
    return "pass" if results and all(one == "pass" for one in results) else "unknown"
