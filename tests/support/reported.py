"""A report made of hand-made inputs, without a database: bays, bins, meters and rounds of October 2026."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from analytics.kpi import domains
from analytics.kpi.energy import EnergyInputs
from analytics.kpi.parking import BayInputs
from analytics.kpi.rounds import RoundInputs
from analytics.report.bundle import MANIFEST, SIGNATURE
from analytics.report.key import load_key, make_key, public_text, sign
from analytics.report.make import Asked, Found, manifest_of, write_files
from analytics.report.manifest import to_json
from analytics.report.span import Part, parse_span, parts_of
from analytics.report.told import Told, tell_parts
from sensors.language import Language
from store.baseline import DoneRound, SeenFill, Slot
from store.inputs import CounterAmount, Curve, Delivered, StateAmount
from store.reports import Reported
from store.restatement import Restatement

ZONE = "Europe/Paris"
SPAN = parse_span("2026-10")
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
KEY = load_key(make_key())
PUBLIC = public_text(KEY)
CHANGE = Restatement(
    "bay_occupancy", None, datetime(2026, 10, 4, 22, tzinfo=UTC), datetime(2026, 10, 5, 22, tzinfo=UTC), "1", 0.4, 0.45,
    NOW, "corrected data", "load 3",
)  # fmt: skip


def seconds(part: Part) -> float:
    """Give the length of a part [s]."""
    return (part.ends_at - part.begins_at).total_seconds()


def bays(part: Part) -> BayInputs:
    """Two bays, occupied for a third of the time; in part 3 almost nothing is known."""
    length = seconds(part)
    known = 0.1 if part.index == 3 else 1.0
    states = ((0, length * known * 2 / 3), (1, length * known / 3))
    amounts = [StateAmount(asset, asset, length, states, ((0, 4), (1, 4 + part.index))) for asset in (1, 2)]
    return BayInputs(amounts, (), (), (), ZONE, part.begins_at.date(), 0)


def bins(part: Part) -> list[Curve]:
    """A bin that fills up."""
    return [Curve(3, 9, None, seconds(part), (seconds(part) / 2,) * 2, (20.0, 90.0 + part.index / 10))]


def meters(part: Part) -> EnergyInputs:
    """A meter that counted a kilowatt-hour an hour, and one whose count came about in a longer time."""
    length = seconds(part)
    steady = CounterAmount(4, 11, length, length / 3600, length, 1 / 3600, 0)
    return EnergyInputs([steady, CounterAmount(5, 12, length, 900.0, 3 * length, None, 0)], [])


def rounds(part: Part) -> RoundInputs:
    """Four rounds planned, one driven, one seen, one of which nothing is known."""
    slots = [
        Slot("nord", "glass", part.begins_at + n * timedelta(days=7), part.begins_at + n * timedelta(days=7, hours=1))
        for n in range(4)
    ]
    done = [DoneRound("nord", "glass", slots[0].begins_at, "declared")]
    return RoundInputs(
        slots, done, [1, 2, 3], [SeenFill(0, 3, 80.0, 5.0), SeenFill(1, 3, 80.0, 80.0), SeenFill(2, 3, None, None)]
    )


@cache
def told() -> list[Told]:
    """Tell four domains."""
    makers: Mapping[str, Any] = {
        "parking_bays": bays,
        "waste_containers": bins,
        "electricity_meters": meters,
        "rounds": rounds,
    }
    known = {domain.name: domain for domain in domains()}
    found = []
    for name, maker in makers.items():
        domain = known[name]
        parts = parts_of(SPAN, domain.rhythm, ZONE)
        delivered = {part.index: {None: Delivered(99, 1), 1: Delivered(97, 3)} for part in parts}
        inputs = {part.index: maker(part) for part in parts}
        found.append(tell_parts(domain, parts, inputs, delivered if domain.holds_values else {}))
    return found


@cache
def a_report(language: Language = "fr", key: Ed25519PrivateKey = KEY, now: datetime = NOW) -> dict[str, bytes]:
    """Make a signed report and give its files."""
    reported = Reported(1, "Is-sur-Tille <&>", ZONE, NOW, is_dropped=False, is_pending=False)
    found = Found(
        reported, told(), [], {1: "bay-1", 2: "bay-2", 3: "bin-1", 4: "meter"}, [CHANGE], NOW - timedelta(hours=6)
    )
    asked = Asked("is-sur-tille", SPAN, language)
    files = write_files(found, asked, public_text(key))
    manifest = to_json(manifest_of(found, asked, files, now))
    return {**files, MANIFEST: manifest, SIGNATURE: to_json(sign(key, manifest))}
