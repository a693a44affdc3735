"""What a number of devices needs: `python -m bench.capacity --devices N --per-day M`. See docs/explanation/scale.md."""

import argparse
from collections.abc import Iterator

from bench.capacity.model import Needs, Size, limits, read_costs, tell_needs

USUAL = Size(devices=1, values_per_day=1)


def main() -> None:
    """Read the size and print what it needs."""
    parser = argparse.ArgumentParser(prog="python -m bench.capacity", description=__doc__)
    parser.add_argument("--devices", type=positive, required=True)
    parser.add_argument("--per-day", type=positive, required=True, help="values a day of all devices together")
    parser.add_argument("--values-per-message", type=float, default=USUAL.values_per_message)
    parser.add_argument("--series-per-device", type=float, default=USUAL.series_per_device)
    parser.add_argument("--peak", type=float, default=USUAL.peak, help="busiest hour over the mean")
    parser.add_argument("--raw-days", type=positive, default=USUAL.raw_days, help="how long raw values are kept")
    parser.add_argument(
        "--buffers", type=float, default=USUAL.shared_buffers_gb, help="PostgreSQL's shared_buffers [GB]"
    )
    parser.add_argument("--apache", action="store_true", help="TimescaleDB's Apache edition: nothing is compressed")
    asked = parser.parse_args()
    size = Size(
        devices=asked.devices,
        values_per_day=asked.per_day,
        values_per_message=asked.values_per_message,
        series_per_device=asked.series_per_device,
        peak=asked.peak,
        raw_days=asked.raw_days,
        is_compressed=not asked.apache,
        shared_buffers_gb=asked.buffers,
    )
    for line in told(size, tell_needs(size, read_costs())):
        print(line)


def positive(text: str) -> int:
    """Read a whole number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {number}")
    return number


def told(size: Size, needs: Needs) -> Iterator[str]:
    """Write what is needed, for people."""
    yield f"{size.devices:,} devices, {size.series:,.0f} series, {size.values_per_day:,.0f} values a day"
    yield f"busiest hour       {size.messages_per_s:,.1f} messages/s"
    yield f"ingest             {needs.ingest_workers} workers, {needs.ingest_cores:.2f} cores busy"
    yield f"analyse            {needs.analyse_workers} workers, {needs.analyse_cores:.2f} cores busy"
    yield f"database           {needs.database_cores:.2f} cores busy, {needs.sessions} sessions"
    yield f"broker             {needs.broker_cores:.3f} cores busy"
    yield f"looking for work   {needs.idle_cores:.3f} cores busy"
    yield f"cores in all       {needs.cores}"
    yield f"memory             {needs.memory_gb:.1f} GB, {size.shared_buffers_gb:g} GB of them PostgreSQL's buffers"
    yield f"disk               {needs.disk_gb_per_day:.2f} GB a day, {needs.disk_gb:,.0f} GB after {size.raw_days} days"
    for limit in limits(needs):
        yield f"DOES NOT HOLD      {limit}"


if __name__ == "__main__":
    main()
