"""Is the device's clock right? By what the delays of its messages say of it."""

from analytics.acceptance.checks import Check, Outcome
from store.acceptance import Result, Watch, WatchedDevice

WORDS: dict[str, tuple[Result, str, str]] = {
    "ok": ("pass", "Horloge à l’heure.", "The clock is right."),
    "none": ("pass", "Sans horloge : l’heure est celle du réseau.", "No clock of its own: times are the network's."),
    "late": ("unknown", "Les messages arrivent tard : horloge en retard, ou réseau ?",
             "Messages arrive late: a slow clock, or the network?"),
    "no_clock": ("fail", "L’appareil date ses mesures sans avoir l’heure.", "The device dates values without a clock."),
    "hour_off": ("fail", "Horloge décalée d’heures entières.", "The clock is off by whole hours."),
    "local_time": ("fail", "Écrit l’heure locale comme si c’était UTC.", "Writes local time as if it were UTC."),
    "ahead": ("fail", "Horloge en avance.", "The clock is ahead."),
    "drift": ("fail", "Horloge qui dérive.", "The clock drifts."),
}  # fmt: skip


def judge(device: WatchedDevice, watch: Watch) -> Outcome:
    """Take over what is known of the clock."""
    result, french, english = WORDS.get(
        device.clock or "",
        (
            "unknown",
            "Rien n’est encore connu de l’horloge (ou les messages n’en portent pas l’heure).",
            "Nothing is known of the clock yet (or messages carry no time of it).",
        ),
    )
    return Outcome(result, french, english, {"verdict": device.clock})


CHECK = Check("clock", "Horloge", "Clock", "the verdict on the device's clock (docs/reference/clocks.md)", judge)
