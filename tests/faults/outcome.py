"""What analytics made of a run: rollups and KPIs, to be compared with those of a run that nothing disturbed."""

import json
from collections import Counter

from store.connect import connect
from tests.faults.chain import Chain
from tests.faults.stream import PASSING
from tests.support.waiting import wait_until
from tests.support.worked import is_all_done, read_outcome

TOLD = {"kpi", "hour", "day", "state hour", "state day"}
PATIENCE_S = 600.0
Outcome = Counter[tuple[str, str]]


def finish_jobs(chain: Chain) -> bool:
    """Wait until the runner of jobs has nothing left to do; false where that takes too long.

    A job that a dead runner held is taken up again when nothing has been heard of it for a while.
    """

    def is_done() -> bool:
        chain.revive()
        with connect(chain.database_url, program="test", autocommit=True) as connection:
            return is_all_done(connection)

    try:
        wait_until(is_done, "no job is left", PATIENCE_S)
    except AssertionError:
        return False
    return True


def read_told(chain: Chain) -> Outcome:
    """Give the rollups of the bays and the KPIs that stand; those of other things depend on when they were told."""
    passing = chain.fetch(
        "select series_id from series join devices using (device_id) where external_id = %(name)s", name=PASSING
    )[0][0]
    return Counter(
        {
            (kind, text): n
            for (kind, text), n in read_outcome(chain.database_url).items()
            if kind in TOLD and (is_standing(text) if kind == "kpi" else not text.startswith(f"({passing},"))
        }
    )


def is_standing(text: str) -> bool:
    """Say whether a KPI is about bays and has not been replaced."""
    _, _, name, *_, is_current = json.loads(text)
    return is_current and name.startswith("bay_")
