"""Everything that can be wrong with a set of entries, whoever enters it: file, HTTP API or page.

Entries are looked at by their fields' names (`sensors.reference.resources`), whatever class carries them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sensors.reference.factors import UNIT_BY_FACTOR
from sensors.reference.fault import Fault, field_faults, plain
from sensors.reference.field import Resource
from sensors.reference.resources import ENERGIES, RESOURCES

LONGEST_ROUND = timedelta(hours=24)
PLAN_PAIRS = (
    ("distance_low_km", "distance_high_km"),
    ("duration_low_h", "duration_high_h"),
    ("cost_low_eur", "cost_high_eur"),
)
PART_KEYS = {"invoices": ("number",), "indicators": ("indicator", "observed_on"), "worths": ("kpi",)}
OFF_PEAK = ("off_peak_price_eur", "off_peak_from_hour", "off_peak_to_hour")


def find_faults(entries_by_name: Mapping[str, Sequence[object]]) -> Iterator[tuple[str, int, Fault]]:
    """Tell what is wrong with a set: which kind of entry, which one of them, and what."""
    for name, entries in entries_by_name.items():
        resource = RESOURCES[name]
        for index, entry in enumerate(entries):
            for fault in entry_faults(resource, entry):
                yield name, index, fault
        for index, fault in overlaps(resource, entries):
            yield name, index, fault
    for index in range(1, len(entries_by_name.get("alarm_budgets", ()))):
        yield "alarm_budgets", index - 1, Fault("", "Un seul par territoire.", "Only one for a territory.")


def entry_faults(resource: Resource, entry: object) -> Iterator[Fault]:
    """Tell what is wrong with one entry by itself; where a field is wrong, no more is asked."""
    faults = [fault for field in resource.fields for fault in field_faults(field, getattr(entry, field.name))]
    if not faults and resource.begins:
        faults = list(order_faults(resource, entry))
    yield from faults or RULES.get(resource.name, no_faults)(entry)


def order_faults(resource: Resource, entry: object) -> Iterator[Fault]:
    """Tell that an entry ends before it begins."""
    begins, ends = getattr(entry, resource.begins), getattr(entry, resource.ends)
    if ends is not None and ends <= begins:
        yield Fault(
            resource.ends,
            f"Doit venir après {begins.isoformat()}, le début.",
            f"Must come after {begins.isoformat()}, the beginning.",
        )


def overlaps(resource: Resource, entries: Iterable[object]) -> Iterator[tuple[int, Fault]]:
    """Tell which entries hold at the same time as another of their like; of two, the first in the set."""
    groups: dict[tuple[object, ...], list[tuple[int, object]]] = {}
    for index, entry in enumerate(entries):
        if resource.alike and not any(entry_faults(resource, entry)):
            groups.setdefault(tuple(getattr(entry, name) for name in resource.alike), []).append((index, entry))
    for group in groups.values():
        if not resource.begins:
            yield from ((index, same_fault(resource)) for index, _ in group[1:])
            continue
        ordered = sorted(group, key=lambda item: getattr(item[1], resource.begins))
        for (index, before), (later_index, entry) in pairwise(ordered):
            ends = getattr(before, resource.ends)
            if ends is None or ends > getattr(entry, resource.begins):
                other = entry if index < later_index else before
                yield min(index, later_index), overlap_fault(resource, other)


def overlap_fault(resource: Resource, other: object) -> Fault:
    """Say which other entry holds at the same time."""
    begins, ends = getattr(other, resource.begins), getattr(other, resource.ends)
    what = ", ".join(str(getattr(other, name)) for name in resource.alike if getattr(other, name) is not None)
    until_fr = f"jusqu’au {ends.isoformat()}" if ends else "sans fin"
    until_en = f"to {ends.isoformat()}" if ends else "without end"
    return Fault(
        resource.begins,
        f"Une autre entrée ({what}) vaut à partir du {begins.isoformat()}, {until_fr}.",
        f"Another entry ({what}) holds from {begins.isoformat()} {until_en}.",
    )


def same_fault(resource: Resource) -> Fault:
    """Say that an entry stands twice."""
    return Fault(resource.alike[0], "Cette entrée existe déjà.", "This entry is there already.")


def no_faults(entry: object) -> Iterator[Fault]:
    """Find nothing."""
    yield from ()


def tariff_faults(entry: object) -> Iterator[Fault]:
    """Check that off-peak hours are complete, and that the unit is the one KPIs multiply by."""
    given = [name for name in OFF_PEAK if getattr(entry, name) is not None]
    if 0 < len(given) < len(OFF_PEAK):
        missing = next(name for name in OFF_PEAK if name not in given)
        yield Fault(missing, "Prix et heures creuses vont ensemble.", "Off-peak price and hours go together.")
    expected = {choice.value: choice.unit for choice in ENERGIES}.get(value_of(entry, "energy"))
    units = {expected, "m3"} if value_of(entry, "energy") == "gas" else {expected}
    if expected and value_of(entry, "unit") not in units:
        known = " / ".join(sorted(unit for unit in units if unit))
        yield Fault("unit", f"Le prix se donne par {known}.", f"The price is given per {known}.")


def factor_faults(entry: object) -> Iterator[Fault]:
    """Check that a known factor comes in the unit that KPIs take it for."""
    expected = UNIT_BY_FACTOR.get(value_of(entry, "factor"))
    if expected and value_of(entry, "unit") != expected:
        yield Fault("unit", f"Ce facteur se donne en {expected}.", f"This factor is given in {expected}.")


def schedule_faults(entry: object) -> Iterator[Fault]:
    """Check that hours hold on some day of the week."""
    if not value_of(entry, "weekdays"):
        yield Fault("weekdays", "Au moins un jour de la semaine.", "At least one day of the week.")


def plan_faults(entry: object) -> Iterator[Fault]:
    """Check that what a round takes is said as a range, and not in reverse."""
    for low_name, high_name in PLAN_PAIRS:
        low, high = value_of(entry, low_name), value_of(entry, high_name)
        if (low is None) != (high is None):
            missing = low_name if low is None else high_name
            yield Fault(missing, "Les deux bornes vont ensemble.", "Both ends of the range go together.")
        elif low is not None and low > high:
            least = plain(low)
            yield Fault(
                high_name, f"Au moins {least.replace('.', ',')}, la borne basse.", f"At least {least}, the low end."
            )


def round_faults(entry: object) -> Iterator[Fault]:
    """Check that a round is not longer than a day."""
    if value_of(entry, "ended_at") - value_of(entry, "started_at") > LONGEST_ROUND:
        yield Fault("ended_at", "Une tournée dure 24 h au plus.", "A round lasts at most 24 h.")


def interval_faults(entry: object) -> Iterator[Fault]:
    """Check that an interval is about a device or a model, not both."""
    if (value_of(entry, "device") is None) == (value_of(entry, "profile") is None):
        yield Fault("device", "Un appareil ou un modèle, l’un des deux.", "A device or a model, one of the two.")


def project_faults(entry: object) -> Iterator[Fault]:
    """Check that a project's days follow one another."""
    begins, ends, started = (value_of(entry, name) for name in ("baseline_from", "baseline_to", "started_on"))
    if ends <= begins:
        yield Fault("baseline_to", f"Doit venir après {begins.isoformat()}.", f"Must come after {begins.isoformat()}.")
    elif started < ends:
        yield Fault(
            "started_on",
            f"La période de référence va jusqu’au {ends.isoformat()} : le projet ne peut agir avant (started_on).",
            f"The baseline goes to {ends.isoformat()}: the project cannot act before (started_on).",
        )

    for index, worth in enumerate(value_of(entry, "worths")):
        if worth.eur is None and worth.kgco2e is None:
            yield Fault(f"worths.{index}.eur", "Des euros ou des kgCO2e.", "Euros or kgCO2e are needed.")
    for name, keys in PART_KEYS.items():
        yield from repeated(name, [tuple(value_of(part, key) for key in keys) for part in value_of(entry, name)])


def repeated(name: str, keys: Sequence[tuple[object, ...]]) -> Iterator[Fault]:
    """Tell which parts of a project stand twice."""
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield Fault(f"{name}.{index}", "Cette ligne existe déjà.", "This line is there already.")


def value_of(entry: object, name: str) -> Any:  # whatever the field holds; its kind was checked before
    """Give a field's value."""
    return getattr(entry, name)


RULES: Mapping[str, Callable[[object], Iterator[Fault]]] = {
    "tariffs": tariff_faults,
    "factors": factor_faults,
    "schedules": schedule_faults,
    "collection_plans": plan_faults,
    "rounds_done": round_faults,
    "intervals": interval_faults,
    "projects": project_faults,
}
