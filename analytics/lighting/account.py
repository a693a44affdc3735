"""One cabinet's account of a period: what it saved by which method, its parts, its bills, and outages apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from analytics.baseline.meter import Meter, Use, is_beyond, measure_use, nights_of
from analytics.baseline.noise import Noise
from analytics.baseline.saving import Amount, Bills, Saving, bill, compare, energy_saved, save
from analytics.lighting.split import NO_POSITION, Cabinet, Parts, clock_of, parts_of, would_have_drawn
from store.baseline import MeteredDay, Price, ProjectAsset, ScheduledHours, price_on
from store.lighting import CabinetFacts, LampOutage

DAY = timedelta(days=1)
MEASURED, STIPULATED = "metered baseline by dark hours", "stipulated watts by astronomical hours"
BEYOND = "nights of this period are longer or shorter than any of the baseline"
NO_OUTAGES = Amount(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Account:
    """One meter in one period; `saving` is None where `refusal` says why, `no_baseline` why no metered one applies."""

    project: ProjectAsset
    n_nights: int
    n_known: int = 0
    method: str | None = None
    meter: Meter | None = None
    use: Use | None = None
    saving: Saving | None = None
    bills: Bills | str = "no tariff is entered"
    parts: Parts | str = NO_POSITION
    outages: Amount = NO_OUTAGES
    price: Price | None = None
    no_baseline: str | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """What all accounts of a territory rest on; rows by asset."""

    period: tuple[date, date]
    after: Mapping[int, Sequence[MeteredDay]]
    schedules: Sequence[ScheduledHours]
    prices: Sequence[Price]
    cabinets: Mapping[int, Cabinet]
    facts: Mapping[int, CabinetFacts]
    outages: Mapping[int, LampOutage]
    noise: Noise


def account_of(project: ProjectAsset, meter: Meter | str, books: Books) -> Account:
    """Draw up one meter's account: against its metered baseline, else against stipulated watts."""
    n_nights = max(0, (books.period[1] - max(books.period[0], project.started_on)).days)
    empty = Account(project, n_nights, price=price_on(books.prices, project.baseline_to - DAY))
    cabinet = books.cabinets.get(project.asset_id)
    if cabinet is None:
        return replace(empty, refusal=NO_POSITION)
    place = cabinet.place if isinstance(meter, str) else meter.place
    if not isinstance(meter, str) and is_beyond(meter.model, nights_of(project, place, books.period)):
        meter = BEYOND
    rows = books.after.get(project.asset_id, ())
    use = measure_use(project, place, rows, books.period, books.schedules)
    if isinstance(use, str):
        return replace(empty, refusal=f"{meter}; {use}" if isinstance(meter, str) else use)
    known = replace(empty, n_known=n_nights - len(use.unknown), use=use)
    out = books.outages.get(project.asset_id)
    filled = fill_lamps(use, out)
    if isinstance(meter, str):
        told = stipulated(replace(known, no_baseline=meter), cabinet, filled, books)
    else:
        saving = save(meter, filled, books.noise)
        bills = bill(meter, use, books.prices) if books.prices else empty.bills
        told = replace(known, method=MEASURED, meter=meter, saving=saving, bills=bills)
    return told if told.saving is None else finish(told, cabinet, out, books.noise)


def stipulated(known: Account, cabinet: Cabinet, use: Use, books: Books) -> Account:
    """Compare with baseline watts times astronomical hours; where none are entered the lack of a baseline stands."""
    facts = books.facts.get(known.project.asset_id)
    clock = clock_of(books.period, known.project.time_zone)
    whole = would_have_drawn(cabinet, facts, clock, known.price) if facts else "nothing is entered of the cabinet"
    if isinstance(whole, str):
        return replace(known, refusal=f"{known.no_baseline}; {whole}")
    unknown = sum(hours for _, hours in use.unknown) / max(sum(hours for _, hours in use.nights), 1e-9)
    return replace(
        known,
        method=STIPULATED,
        saving=compare(whole, use, unknown * whole.kwh),
        bills=f"no bill of before: {known.no_baseline}",
    )


def fill_lamps(use: Use, out: LampOutage | None) -> Use:
    """Fill up what lamps did not draw because they alone were out."""
    if out is None:
        return use
    off_share = use.adjusted_off_peak_kwh / max(use.adjusted_kwh, 1e-9)
    return replace(
        use,
        adjusted_kwh=use.adjusted_kwh + out.kwh,
        adjusted_off_peak_kwh=use.adjusted_off_peak_kwh + out.kwh * off_share,
    )


def finish(told: Account, cabinet: Cabinet, out: LampOutage | None, noise: Noise) -> Account:
    """Add what outages leave open, the outages themselves, and the parts of the saving."""
    if told.saving is None or told.use is None:
        return told
    low, value, high = (out.low_kwh, out.kwh, out.high_kwh) if out else (0.0, 0.0, 0.0)
    guessed_kwh = max(0.0, value - low)  # the meter would show it if much more was out: none of it, or twice as much
    saving = replace(
        told.saving,
        lost_at_most_kwh=told.saving.lost_at_most_kwh + guessed_kwh,
        gained_at_most_kwh=told.saving.gained_at_most_kwh + guessed_kwh,
    )
    dark_kwh = told.use.adjusted_kwh - told.use.metered_kwh
    return replace(
        told,
        saving=saving,
        outages=Amount(dark_kwh + low, dark_kwh + value, dark_kwh + high),
        parts=parts_of(cabinet, energy_saved([saving], noise)),
    )
