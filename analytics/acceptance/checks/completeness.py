"""Do enough of the messages arrive that are expected? Counted by the delivery ledger."""

from analytics.acceptance.checks import Check, Outcome
from analytics.sentence import french_number
from store.acceptance import Watch, WatchedDevice

LEAST_SHARE = 0.95
LEAST_EXPECTED = 20


def judge(device: WatchedDevice, watch: Watch) -> Outcome:
    """Compare what came with what ought to have."""
    n_expected = device.n_heard + device.n_missing
    if n_expected < LEAST_EXPECTED:
        return Outcome(
            "unknown",
            "Le nombre de messages attendus n’est pas connu (ni compteur ni intervalle).",
            "How many messages to expect is not known (neither count nor interval).",
            {"n_expected": n_expected},
        )
    share = device.n_heard / n_expected
    percent = f"{100 * share:.1f}"
    return Outcome(
        "pass" if share >= LEAST_SHARE else "fail",
        f"{device.n_heard} messages sur {n_expected} attendus ({french_number(percent)} %).",
        f"{device.n_heard} of {n_expected} expected messages came ({percent} %).",
        {"n_heard": device.n_heard, "n_expected": n_expected, "share": share},
    )


CHECK = Check(
    "completeness",
    "Complétude",
    "Completeness",
    "expected and received messages of the delivery ledger; own limit of 95 %",
    judge,
)
