"""What devices report about themselves: states that name a fault. Shared by the hints that pass them on.

A fault is there from the hour on at whose end a state says so, and gone with the first hour at whose end it says so no
more; one that came and went within an hour is not told. Silence takes nothing back: a state that nobody corrects goes
on. It is believed as it is, no measurement is asked whether it is right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from analytics.maintenance import Hint, Span, Verdict
from analytics.sentence import local_clock, local_clock_fr
from sensors.quantity import QUANTITIES
from sensors.severity import Severity
from store.inputs import Connection, Window
from store.reported_states import ReportedState, read_reported_states

HOUR = timedelta(hours=1)
CURVE_SPAN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fault:
    """A state that names a fault: its code, what is reported and what to do, in both languages."""

    slug: str
    severity: Severity
    english: str
    french: str
    to_do: str
    to_do_fr: str


# Those of lamps are alarms of object 3416 of OMA and uCIFI (`analytics.maintenance.lwm2m`).
FAULTS: Mapping[str, Fault] = {
    "lamp_failure": Fault(
        *("alarm", "warning", "a lamp failure", "une lampe en panne"),
        "check lamp, driver and fuse",
        "contrôler la lampe, le driver et le fusible",
    ),
    "control_gear_failure": Fault(
        *("alarm", "warning", "a failure of its control gear", "un appareillage en panne"),
        "check the driver and its wiring",
        "contrôler le driver et son câblage",
    ),
    "relay_failure": Fault(
        *("alarm", "warning", "a failure of its relay", "un relais en panne"),
        "change the controller; until then the lamp may stay on by day or off by night",
        "changer le contrôleur ; d'ici là, la lampe peut rester allumée le jour ou éteinte la nuit",
    ),
    "day_burner": Fault(
        *("alarm", "info", "that it burns by day", "une lampe allumée en plein jour"),
        "check photocell, relay and schedule",
        "contrôler la cellule, le relais et l'horaire",
    ),
    "cycling_failure": Fault(
        *("alarm", "warning", "a lamp that goes out and on again", "une lampe qui s'éteint et se rallume"),
        "change the lamp or its driver, check the contacts",
        "changer la lampe ou son driver, contrôler les contacts",
    ),
    "thermal_shutdown": Fault(
        *("alarm", "warning", "that its control gear shut itself off when too hot", "une coupure thermique"),
        "clean the luminaire, check its cooling and its driver",
        "nettoyer le luminaire, contrôler son refroidissement et son driver",
    ),
    "breaker": Fault(
        *("tripped", "urgent", "a breaker that has tripped", "un disjoncteur déclenché"),
        "look for the fault, then close the breaker; authorised staff only",
        "chercher le défaut, puis réenclencher ; personnel habilité seulement",
    ),
    "equipment_fault": Fault(
        *("alarm", "warning", "a fault", "un défaut"),
        "read the fault code at its controller, call whoever maintains it",
        "lire le code de défaut sur son automate, appeler le mainteneur",
    ),
    "container_state": Fault(
        *("damaged", "warning", "that it is damaged", "qu'il est endommagé"),
        "look at it, mend or replace it",
        "aller le voir, le réparer ou le remplacer",
    ),
    "leak": Fault(
        *("alarm", "warning", "a leak", "une fuite"),
        "look for the water, shut the valve where it runs",
        "chercher l'eau, fermer la vanne si elle coule",
    ),
}
TAMPERING: Mapping[str, Fault] = {
    "tamper": Fault(
        *("alarm", "info", "that it was opened or torn off", "qu'il a été ouvert ou arraché"),
        "look at the device, close and fasten it",
        "aller voir l'appareil, le refermer et le fixer",
    ),
}
# Told on arrival (`sensors.limit`), by no hint.
PRESSING: Mapping[str, Fault] = {
    "person_trapped": Fault(
        *("alarm", "urgent", "that somebody is trapped", "une personne bloquée"),
        "speak with who is inside, call whoever maintains the lift; 18 or 112 where somebody is unwell",
        "parler à la personne, appeler l'ascensoriste ; le 18 ou le 112 si elle se sent mal",
    ),
}


def read(connection: Connection, window: Window) -> list[ReportedState]:
    """Read what was reported, of faults and of tampering."""
    codes = {quantity: number_of(quantity, fault) for quantity, fault in {**FAULTS, **TAMPERING}.items()}
    return read_reported_states(connection, window, codes)


def reported_hint(name: str, faults: Mapping[str, Fault]) -> Hint:
    """Make the hint that passes on these faults, by quantity."""
    return Hint(
        name=name,
        asset_types=(),
        rhythm=HOUR,
        reach=timedelta(),
        version="1",
        read=read,
        tell=partial(follow, faults=faults),
        stride=timedelta(days=1),
    )


def follow(states: Iterable[ReportedState], span: Span, faults: Mapping[str, Fault]) -> list[Verdict]:
    """Go through the hours in which each state was told; `score` is 1, a report is no matter of degree."""
    since: dict[int, datetime] = {}
    verdicts = []
    for state in states:
        fault = faults.get(state.quantity)
        if fault is not None and state.code == number_of(state.quantity, fault):
            began = since.setdefault(state.series_id, state.observed_at)
            verdicts.append(present(state, fault, began, span))
        elif fault is not None:
            since.pop(state.series_id, None)
            verdicts.append(absent(state))
    return verdicts


def number_of(quantity: str, fault: Fault) -> int:
    """Give the number by which a state says that a fault is there."""
    number = QUANTITIES[quantity].code_number(fault.slug)
    if number is None:
        raise LookupError(f"{quantity!r} has no code {fault.slug!r}")
    return number


def absent(state: ReportedState) -> Verdict:
    """Say that a device reports no fault any more, from when it said so."""
    at = state.observed_at
    return Verdict(state.asset_id, at, False, at, device_id=state.device_id, series_id=state.series_id)


def present(state: ReportedState, fault: Fault, since: datetime, span: Span) -> Verdict:
    """Pass on what a device reports."""
    name = f"{state.name} ({state.channel})" if state.channel else state.name
    english, french = tell_report(name, fault, since, span.time_zone)
    return Verdict(
        state.asset_id,
        state.observed_at,
        True,
        since,
        score=1.0,
        severity=fault.severity,
        sentence_en=english,
        sentence_fr=french,
        evidence={
            "quantity": state.quantity,
            "code": fault.slug,
            "observed_at": state.observed_at.isoformat(),
            "curve_from": (since - CURVE_SPAN).isoformat(),
            "curve_to": state.observed_at.isoformat(),
        },
        device_id=state.device_id,
        series_id=state.series_id,
    )


def tell_report(name: str, fault: Fault, since: datetime, time_zone: str) -> tuple[str, str]:
    """Say in English and French what is reported, since when, and what to do."""
    return (
        f"{name} reports {fault.english}, since {local_clock(since, time_zone)}. To do: {fault.to_do}.",
        f"{name} signale {fault.french}, depuis le {local_clock_fr(since, time_zone)}. À faire : {fault.to_do_fr}.",
    )
