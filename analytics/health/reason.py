"""Why an asset stands where it stands on the list, in French and in English."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.health.family import FamilyPrior
from analytics.health.mains import BreakRate
from analytics.health.survival import LampBasis
from analytics.remaining_life.families.asset_course import Remaining
from analytics.sentence import NARROW, french_number
from store.asset_health import HealthAsset, Signal


@dataclass(frozen=True, slots=True)
class Said:
    """What is told of an asset, as sentences need it."""

    asset: HealthAsset
    basis: str
    within_30: float | None
    family: FamilyPrior | None
    waiting_eur: float
    signals: Sequence[Signal]  # the most alarming first
    time_zone: str
    course: Remaining | None = None  # where what it says on its way shows anything
    breaks: BreakRate | None = None  # of a main
    lamp: LampBasis | None = None  # where its batch or model was learnt


def tell_reason(said: Said) -> tuple[str, str]:
    """Give (French, English)."""
    if said.basis == "unknown" or said.within_30 is None:
        return (
            f"{said.asset.name} : on ne sait pas. Rien ne le surveille, aucun taux de panne n'est connu pour son type.",
            f"{said.asset.name}: not known. Nothing tells of it, and no failure rate is known of its type.",
        )
    because_fr, because_en = because(said)
    chance_fr, chance_en = chance(said.within_30)
    wait_fr, wait_en = waiting(said.waiting_eur)
    return f"{because_fr} {chance_fr}{wait_fr}", f"{because_en} {chance_en}{wait_en}"


def because(said: Said) -> tuple[str, str]:
    """Say what speaks for a failure."""
    if not said.signals:
        return base(said)
    first, *others = said.signals
    share = f"{100 * first.precision:.0f}"
    how_fr, how_en = (
        ("mesuré sur vos avis", "measured by your verdicts") if first.is_measured else ("hypothèse", "assumed")
    )
    n, is_one = len(others), len(others) == 1
    more_fr = f" {n} {'autre constat' if is_one else 'autres constats'} en cours." if others else ""
    more_en = f" {n} more {'finding goes' if is_one else 'findings go'} on." if others else ""
    return (
        f"{first.sentence_fr} Ce genre de constat est juste dans {share} % des cas ({how_fr}).{more_fr}",
        f"{first.sentence_en} Findings of this kind are right {share}% of the time ({how_en}).{more_en}",
    )


def base(said: Said) -> tuple[str, str]:
    """Say what a type of asset does without any finding."""
    name = said.asset.name
    if said.course is not None:
        left, low, high = (f"{value:.0f}" for value in (said.course.left_d, said.course.low_d, said.course.high_d))
        days_fr, days_en = ("jour", "day") if left in ("0", "1") else ("jours", "days")
        n = said.course.n_ended
        return (
            f"{name} : ses mesures et ses constats évoluent comme ceux de {n} autres avant leur fin : encore {left}"
            f" {days_fr} environ ({low} à {high}).",
            f"{name}: what it says goes the way of {n} others before their end: about {left} {days_en} left"
            f" ({low} to {high}).",
        )
    if said.breaks is not None and said.basis != "entered":
        return of_main(name, said.breaks)
    if said.basis == "life" and said.lamp is not None:
        return lamp_base(name, said.lamp)
    if said.basis == "life":
        years = f"{said.asset.age_d / 365.25:.1f}"
        return (
            f"{name} : rien d'anormal ; estimé d'après son âge ({french_number(years)} ans) et les durées de vie"
            " observées pour ce type.",
            f"{name}: nothing wrong; estimated from its age ({years} years) and the lives of its type that have ended.",
        )
    assert said.family is not None
    rate_fr, rate_en = often(said.family.failures_per_year)
    if said.basis == "entered":
        return (
            f"{name} : rien d'anormal ; taux saisi pour ce type : {rate_fr}.",
            f"{name}: nothing wrong; rate entered for its type: {rate_en}.",
        )
    return (
        f"{name} : pas d'historique propre ; taux supposé de la famille : {rate_fr}.",
        f"{name}: no history of its own; rate assumed of its family: {rate_en}.",
    )


def of_main(name: str, breaks: BreakRate) -> tuple[str, str]:
    """Say how often a main breaks, and by what that is known."""
    rate_fr, rate_en = often(breaks.a_year)
    if breaks.is_prior:
        return (
            f"{name} : trop peu de ruptures connues sur le réseau ; taux usuel de son matériau pour sa longueur,"
            f" corrigé par ses propres ruptures : {rate_fr}.",
            f"{name}: too few breaks of the network are known; usual rate of its material for its length, moved by its"
            f" own breaks: {rate_en}.",
        )
    return (
        f"{name} : rien d'anormal ; d'après les ruptures du réseau et les siennes : {rate_fr}.",
        f"{name}: nothing wrong; by the network's breaks and its own: {rate_en}.",
    )


def lamp_base(name: str, lamp: LampBasis) -> tuple[str, str]:
    """Say what the hours of a lamp and the lives of its like say."""
    hours = f"{float(f'{lamp.life.hours:.3g}'):.0f}"
    how_fr, how_en = ("en partie supposées", "partly assumed") if lamp.life.is_assumed else ("comptées", "counted")
    of_fr, of_en = ("son lot", "its batch") if lamp.curve.group == "batch" else ("son modèle", "its model")
    return (
        f"{name} : rien d'anormal ; estimé d'après ses {hours} heures d'allumage ({how_fr}) et les durées de vie"
        f" observées pour {of_fr}.",
        f"{name}: nothing wrong; estimated from the {hours} hours it has burned ({how_en}) and the lives of {of_en}.",
    )


def often(rate: float) -> tuple[str, str]:
    """Say a rate [1/a]."""
    if rate == 0:
        return "aucune panne attendue", "no failure expected"
    text = f"{float(f'{max(rate, 1 / rate):.2g}'):g}"
    if text == "1":
        return "une panne par an", "one failure a year"
    number_fr = french_number(text)
    if rate > 1:
        return f"{number_fr} panne{'s' * (float(text) >= 2)} par an", f"{text} failures a year"
    return f"une panne en {number_fr} an{'s' * (float(text) >= 2)}", f"one failure in {text} years"


def chance(within_30: float) -> tuple[str, str]:
    """Say how likely a failure is."""
    if within_30 < 0.01:
        return "Panne sous 30 jours : moins de 1 %.", "Failure within 30 days: less than 1%."
    share = f"{100 * within_30:.0f}"
    return f"Panne sous 30 jours : {share} %.", f"Failure within 30 days: {share}%."


def waiting(eur: float) -> tuple[str, str]:
    """Say what waiting costs, where that is known and worth a word."""
    if not eur >= 0.5:
        return "", ""
    text = f"{eur:,.0f}" if eur >= 10 else f"{eur:.2f}"
    text_fr = french_number(text.replace(",", NARROW))
    return f" Attendre coûte {text_fr} € par jour.", f" Waiting costs {text} € a day."
