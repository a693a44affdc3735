"""What is said of an air handling unit, in English and French: what was found against what, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from analytics.hvac.diagnosis import Kind, Sign
from analytics.hvac.rules import Component
from analytics.sentence import french_number, number


@dataclass(frozen=True, slots=True)
class Words:
    """A kind of fault in both languages; `{of}` is the part, `{found}` and `{expected}` are filled in with units."""

    english: str
    french: str
    do_english: str
    do_french: str


PART: Mapping[Component, tuple[str, str]] = {
    "damper": ("outdoor air damper", "registre d'air neuf"),
    "heating_valve": ("heating valve", "vanne de chauffage"),
    "cooling_valve": ("cooling valve", "vanne de refroidissement"),
    "heating_coil": ("heating coil", "batterie chaude"),
    "cooling_coil": ("cooling coil", "batterie froide"),
    "control": ("control", "régulation"),
    "sensor": ("mixed air sensor", "sonde d'air mélangé"),
}
WORDS: Mapping[Kind, Words] = {
    "damper_stuck": Words(
        "the {of} does not follow its command: {found} of the air is outdoor air where {expected} is asked for",
        "le {of} ne suit pas sa commande : {found} d'air neuf pour {expected} demandés",
        "check blades, linkage and actuator",
        "vérifier volets, tringlerie et servomoteur",
    ),
    "damper_leaking": Words(
        "the {of} does not close: {found} of the air is outdoor air where {expected} is asked for",
        "le {of} ne ferme pas : {found} d'air neuf pour {expected} demandés",
        "check blades, seals and end position",
        "vérifier volets, joints et fin de course",
    ),
    "valve_stuck": Words(
        "the {of} does not follow its command: supply air is at {found}, set point {expected}",
        "la {of} ne suit pas sa commande : soufflage à {found}, consigne {expected}",
        "check valve, actuator and water supply",
        "vérifier la vanne, son servomoteur et l'arrivée d'eau",
    ),
    "valve_leaking": Words(
        "the {of} lets water through when it is shut: supply air is at {found}, set point {expected}",
        "la {of} laisse passer de l'eau quand elle est fermée : soufflage à {found}, consigne {expected}",
        "check seat and end position of the valve",
        "vérifier le siège et la fin de course de la vanne",
    ),
    "simultaneous_heating_cooling": Words(
        "heating and cooling work against each other: supply air is at {found}, set point {expected}",
        "chauffage et refroidissement fonctionnent l'un contre l'autre : soufflage à {found}, consigne {expected}",
        "check the sequence and the dead band of the controller",
        "vérifier la séquence et la zone neutre de la régulation",
    ),
    "sensor_bias": Words(
        "the {of} says {found}, which the return and outdoor air do not give (limit {expected})",
        "la {of} indique {found}, ce que l'air repris et l'air neuf ne donnent pas (limite {expected})",
        "compare the unit's temperature sensors with a thermometer",
        "comparer les sondes de la centrale à un thermomètre",
    ),
    "fouled_coil": Words(
        "the {of}, its valve fully open, does not reach the set point: supply air at {found}, set point {expected}",
        "la {of}, vanne grande ouverte, n'atteint pas la consigne : soufflage à {found}, consigne {expected}",
        "clean the coil, check water temperature and flow",
        "nettoyer la batterie, vérifier température et débit d'eau",
    ),
    "schedule_ignored": Words(
        "the fan runs while nobody is expected",
        "le ventilateur tourne alors que personne n'est attendu",
        "check the time programme and manual overrides",
        "vérifier le programme horaire et les marches forcées",
    ),
}


def tell_sign(sign: Sign) -> tuple[str, str, str, str]:
    """Give (English, French, to do in English, to do in French) of a sign."""
    words, (part, part_fr) = WORDS[sign.kind], PART[sign.component]
    is_share = sign.component == "damper"
    found, expected = (amount(value, is_share) for value in (sign.found, sign.expected))
    hours, all_hours = number(sign.broken_h), number(sign.applies_h)
    english = words.english.format(of=part, found=found, expected=expected)
    french = words.french.format(of=part_fr, found=french_number(found), expected=french_number(expected))
    return (
        f"{english} (in {hours} of {all_hours} hours that tell)",
        f"{french} (pendant {french_number(hours)} des {french_number(all_hours)} heures qui le disent)",
        words.do_english,
        words.do_french,
    )


def amount(value: float, is_share: bool) -> str:
    """Write a share, which a small error of a sensor may put beyond nothing or all, or a temperature."""
    if not isfinite(value):
        return "?"
    return f"{100 * min(max(value, 0.0), 1.0):.0f} %" if is_share else f"{value:.1f} °C"
