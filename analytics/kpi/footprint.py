"""What Vigie itself costs a territory in a month: bytes, CPU time, energy and kgCO2e, beside what it helps to save.

Measured: bytes of messages taken in, CPU seconds of every process, time in which the database executed statements (an
upper bound of its CPU time), size of the database (`store.usage`). A territory's part: received bytes by its share of
messages, CPU by its share of values stored in the month, storage by its share of values stored since the beginning.

Energy is a model: CPU seconds at the watts of a busy thread, bytes stored at the watts of a disk, times the power usage
effectiveness of the room. Watts: Cloud Carbon Footprint (Thoughtworks, methodology and its coefficients out of
SPECpower), mean, least and most of its processor families; disks: the same (HDD, SSD, SSD kept twice). Effectiveness:
Uptime Institute, Global Data Center Survey 2023 (mean), from a hyperscale to a cupboard. Bounds are worst cases: all
low, all high. What is not in it: network, gateways and sensors, readers' screens, a server that idles, its making. A
territory enters what it knows as factors (`platform_cpu_power`, `platform_storage_power`, `platform_pue`), which then
have no bounds. Emissions: the dated factor of electricity (`analytics.emission`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from analytics.emission import ELECTRICITY, factor_on
from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from store.baseline import DatedFactor, read_factors, read_time_zone
from store.inputs import Connection, Window
from store.usage import PlatformMonth, SavedFigure, read_platform, read_saved

UNITS = {
    "platform_bytes_received": "By",
    "platform_bytes_stored": "By",
    "platform_cpu": "s",
    "platform_energy": "kW.h",
    "platform_emissions": "kg",
    "platform_energy_ratio": "1",
}
# Low, likely and high [W], [W/TB], [1]; sources in the module's head.
CPU_POWER_W = (1.69, 3.5, 8.58)
STORAGE_POWER_W_PER_TB = (0.65, 1.2, 2.4)
PUE = (1.1, 1.58, 2.0)
DEFAULTS = {"platform_cpu_power": CPU_POWER_W, "platform_storage_power": STORAGE_POWER_W_PER_TB, "platform_pue": PUE}
SAVED_ENERGY = "_energy_saved"
TB = 1e12
WH_PER_KWH = 1000.0
S_PER_H = 3600.0
Bounds = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class FootprintInputs:
    """What Vigie used, what the territory saved, the factors that it entered, first day and hours of the period."""

    used: PlatformMonth
    saved: Sequence[SavedFigure]
    factors: Sequence[DatedFactor]
    day: date
    hours: float


def read_footprint(connection: Connection, window: Window) -> FootprintInputs:
    """Read usage, savings and factors of a month."""
    zone = ZoneInfo(read_time_zone(connection, window.territory_id))
    kinds = (*DEFAULTS, ELECTRICITY)
    factors = [entered for kind in kinds for entered in read_factors(connection, window.territory_id, kind)]
    return FootprintInputs(
        read_platform(connection, window),
        read_saved(connection, window),
        factors,
        window.begins_at.astimezone(zone).date(),
        (window.ends_at - window.begins_at).total_seconds() / S_PER_H,
    )


def tell_footprint(inputs: FootprintInputs) -> list[Figure]:
    """Tell the six figures of a territory; nothing where none of its messages came and none of its values is kept."""
    used = inputs.used
    if used.n_messages == 0 and used.n_kept == 0:
        return []
    power = {name: factor_bounds(name, inputs) for name in DEFAULTS}
    emission = factor_on(ELECTRICITY, inputs.day, inputs.factors)
    known = Known(float(used.n_hours), float(used.n_hours_expected), hash_of(inputs), proof_of(inputs, power, emission))
    cpu_s = (used.programs_cpu_s + used.database_cpu_s) * share(used.n_stored, used.n_stored_all)
    received = used.received_bytes * share(used.n_messages, used.n_messages_all)
    figures = [exact("platform_bytes_received", received, known), exact("platform_cpu", cpu_s, known)]
    if used.stored_bytes is None:
        unknown = ("platform_bytes_stored", "platform_energy", "platform_emissions", "platform_energy_ratio")
        return figures + [withhold(kpi, known, "the size of the database was not noted") for kpi in unknown]
    stored = used.stored_bytes * share(used.n_kept, used.n_kept_all)
    energy = energy_kwh(cpu_s, stored, inputs.hours, power)
    return [
        *figures,
        exact("platform_bytes_stored", stored, known),
        tell("platform_energy", None, UNITS["platform_energy"], energy, known),
        emissions_figure(energy, emission, known),
        ratio_figure(energy, inputs.saved, known),
    ]


def share(part: int, whole: int) -> float:
    """Give a part of a whole, 0 of nothing."""
    return part / whole if whole > 0 else 0.0


def factor_bounds(name: str, inputs: FootprintInputs) -> Bounds:
    """Give a factor as it was entered, without bounds, else its default."""
    entered = factor_on(name, inputs.day, inputs.factors)
    return DEFAULTS[name] if entered is None else (entered.value, entered.value, entered.value)


def energy_kwh(cpu_s: float, stored_bytes: float, hours: float, power: dict[str, Bounds]) -> Bounds:
    """Give low, likely and high energy [kW.h] of CPU seconds, and of bytes kept over some hours."""
    factors = zip(power["platform_cpu_power"], power["platform_storage_power"], power["platform_pue"], strict=True)
    low, value, high = (
        (cpu_s / S_PER_H * cpu_w + stored_bytes / TB * disk_w * hours) * pue / WH_PER_KWH
        for cpu_w, disk_w, pue in factors
    )
    return low, value, high


def emissions_figure(energy: Bounds, emission: DatedFactor | None, known: Known) -> Figure:
    """Tell the emissions [kgCO2e] of an energy, by the factor of the period's first day."""
    kpi = "platform_emissions"
    if emission is None:
        return withhold(kpi, known, "no emission factor of electricity holds in this period")
    low, value, high = (one * emission.value for one in energy)
    return tell(kpi, None, UNITS[kpi], (low, value, high), known)


def ratio_figure(energy: Bounds, saved: Sequence[SavedFigure], known: Known) -> Figure:
    """Tell the energy used as a share of what KPIs say was saved; not known where that is nothing."""
    kpi = "platform_energy_ratio"
    found = [one for one in saved if one.kpi.endswith(SAVED_ENERGY) and one.unit == "kW.h"]
    value = sum(one.value for one in found)
    if value <= 0:
        return withhold(kpi, known, "no energy saved is known for this period")
    low = sum(one.value if one.low is None else one.low for one in found)
    high = sum(one.value if one.high is None else one.high for one in found)
    bounds = energy[0] / high, energy[1] / value, energy[2] / low if low > 0 else None
    return tell(kpi, None, UNITS[kpi], bounds, known)


def exact(kpi: str, value: float, known: Known) -> Figure:
    """Tell what was counted: no bounds but itself."""
    return tell(kpi, None, UNITS[kpi], (value, value, value), known)


def withhold(kpi: str, known: Known, reason: str) -> Figure:
    """Withhold a figure for a reason."""
    return refuse(tell(kpi, None, UNITS[kpi], (None, None, None), known), reason)


def hash_of(inputs: FootprintInputs) -> str:
    """Hash all inputs."""
    return hash_inputs([inputs.used, *inputs.saved, *inputs.factors, inputs.day, inputs.hours])


def proof_of(inputs: FootprintInputs, power: dict[str, Bounds], emission: DatedFactor | None) -> dict[str, Any]:
    """Give the numbers behind it: what all of Vigie used, the territory's shares, the factors, and what was saved."""
    used = inputs.used
    return {
        "platform_programs_cpu_s": used.programs_cpu_s,
        "platform_database_s": used.database_cpu_s,
        "platform_received_bytes": used.received_bytes,
        "platform_stored_bytes": used.stored_bytes,
        "share_of_messages": share(used.n_messages, used.n_messages_all),
        "share_of_values": share(used.n_stored, used.n_stored_all),
        "share_of_values_kept": share(used.n_kept, used.n_kept_all),
        "n_hours": used.n_hours,
        **{name: list(bounds) for name, bounds in power.items()},
        "emission_factor": None if emission is None else emission.value,
        "emission_factor_source": None if emission is None else emission.source,
        "saved": {one.kpi: one.value for one in inputs.saved},
    }


DOMAINS = (
    Domain(
        name="footprint",
        kpis=tuple(UNITS),
        rhythm="month",
        asset_types=(),
        method="measured CPU and bytes, stated watts",
        method_version="1",
        read=read_footprint,
        tell=tell_footprint,
        n_months_back=0,
    ),
)
