"""What analytics made of a run: rollups and KPIs, to be compared with those of a run that nothing disturbed."""

import json
import os
import subprocess
import sys
from collections import Counter

from store.connect import connect
from tests.faults.chain import Chain
from tests.faults.stream import PASSING
from tests.support.shared import REPOSITORY
from tests.support.worked import is_all_done, read_outcome

TOLD = {"kpi", "hour", "day", "state hour", "state day"}
N_TRIES = 5
PATIENCE_S = 1800
Outcome = Counter[tuple[str, str]]


def finish_jobs(chain: Chain) -> bool:
    """Do what waits, as `vigie analyse --once`, the worker having ended; false where something is left to do."""
    environment = {**os.environ, "VIGIE_DATABASE_URL": chain.database_url, "VIGIE_ANALYSE_SETTLE_S": "1"}
    command = [sys.executable, "-m", "deploy.cli", "analyse", "--once"]
    for _ in range(N_TRIES):
        with (chain.log / "once.log").open("ab") as output:
            subprocess.run(
                command, cwd=REPOSITORY, env=environment, stderr=output, stdout=output, check=True, timeout=PATIENCE_S
            )
        with connect(chain.database_url, program="test", autocommit=True) as connection:
            if is_all_done(connection):
                return True
    return False


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
