"""A gateway behind which nobody is heard any more, although several devices usually are in every hour.

Usual is the tenth percentile of the number of devices heard in the hours of the week before, silent ones left out: at
least three, so that no single device decides. Two whole hours without anyone are a silence, beyond what they usually
pause together (the ninth tenth of the pauses of that week): devices that all send every three hours do so. Told by the
instants of measurements: a gateway that kept its messages and sends them late was not silent for those who read later.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import numpy as np

from analytics.maintenance import Hint, Span, Verdict
from analytics.sentence import local_clock, local_clock_fr
from store.hints import GatewayHour, read_gateway_hours

HOUR = timedelta(hours=1)
WEEK_H = 168
LEAST_HEARD = 3
LEAST_HOURS = 48  # before a gateway's habits are known
N_SILENT = 2


def tell(hours: Sequence[GatewayHour], span: Span) -> list[Verdict]:
    """Judge each gateway hour by hour; `score` is the number of silent hours."""
    return [verdict for _, own in groupby(hours, key=lambda hour: hour.asset_id) for verdict in follow(list(own), span)]


def follow(heard: Sequence[GatewayHour], span: Span) -> Iterable[Verdict]:
    """Go through the hours of one gateway, those without anyone included."""
    first = heard[0].hour
    counts = np.zeros((span.ends_at - first) // HOUR, dtype=np.int64)
    for entry in heard:
        counts[(entry.hour - first) // HOUR] = entry.n_heard
    silent = 0
    was_told = False
    for position, count in enumerate(counts.tolist()):
        ends_at = first + (position + 1) * HOUR
        silent = silent + 1 if count == 0 else 0
        if ends_at <= span.begins_at:
            continue
        if count > 0:
            if was_told or position == 0 or counts[position - 1] == 0 or ends_at - HOUR <= span.begins_at:
                yield Verdict(heard[0].asset_id, ends_at - HOUR, False, span.begins_at)
            was_told = False
        elif silent >= N_SILENT:
            usual, pause = usual_count(counts[: position + 1 - silent]), usual_pause(counts[: position + 1 - silent])
            if usual >= LEAST_HEARD and silent >= N_SILENT + pause:
                was_told = True
                yield present(heard[0], (ends_at - silent * HOUR, ends_at), (usual, pause), span)


def usual_count(counts: np.ndarray) -> int:
    """Give how many devices are usually heard in an hour, 0 while that is not known."""
    spoken = counts[-WEEK_H:][counts[-WEEK_H:] > 0]
    return int(np.quantile(spoken, 0.1)) if spoken.size >= LEAST_HOURS else 0


def usual_pause(counts: np.ndarray) -> int:
    """Give for how many hours on end nobody is usually heard between two hours with somebody."""
    pauses = np.diff(np.flatnonzero(counts[-WEEK_H:])) - 1
    return int(np.quantile(pauses, 0.9, method="higher")) if pauses.size else 0


def present(gateway: GatewayHour, silence: tuple[datetime, datetime], habit: tuple[int, int], span: Span) -> Verdict:
    """Say that a gateway is silent from an instant to another, behind which so many are heard after such pauses [h]."""
    (since, at), (usual, pause) = silence, habit
    hours = int((at - since) / HOUR)
    often_en, often_fr = ("in every hour", "chaque heure")
    if pause:
        often_en, often_fr = f"every {pause + 1} h", f"toutes les {pause + 1} h"
    return Verdict(
        gateway.asset_id,
        at,
        True,
        since,
        score=float(hours),
        severity="urgent",
        sentence_en=(
            f"{gateway.name}: none of its {gateway.n_devices} devices has been heard since"
            f" {local_clock(since, span.time_zone)} ({hours} h); usually at least {usual} are {often_en}."
            " To do: check power and network of the gateway."
        ),
        sentence_fr=(
            f"{gateway.name} : aucun de ses {gateway.n_devices} appareils n'a été entendu depuis le"
            f" {local_clock_fr(since, span.time_zone)} ({hours} h) ; d'habitude au moins {usual} le sont {often_fr}."
            " À faire : contrôler l'alimentation et le réseau de la passerelle."
        ),
        evidence={"n_devices": gateway.n_devices, "usually_heard": usual, "silent_hours": hours},
    )


HINT = Hint(
    name="silent_gateway",
    asset_types=("gateway",),
    rhythm=HOUR,
    reach=timedelta(hours=WEEK_H),
    version="1",
    read=read_gateway_hours,
    tell=tell,
    stride=timedelta(days=28),
    open_at=float(N_SILENT),
)
