"""Observations for series of the registry take Vigie's own way in, as messages of their device."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from api.courier import Courier
from api.errors import ProblemError
from api.sensorthings.drafts import Draft
from api.sensorthings.refusal import refused
from sensors.formats import formats
from sensors.posting import Post, PostOutcome, UndeliveredError
from store.keys import Key
from store.reader import Row
from store.sensorthings.question import EPOCH


async def deliver(
    courier: Courier, key: Key, rows: Sequence[tuple[int, Row | None, Draft]]
) -> list[str | ProblemError]:
    """Send observations, each with its series and how messages name that; give their ids, or why not.

    Raises
    ------
    ProblemError
        403 where the key may send no messages, 503 where nothing can be stored now.
    """
    if "ingest" not in key.scopes:
        raise ProblemError(
            403, "this Datastream is a series of Vigie's registry: a key with the scope `ingest` sends to it"
        )
    outcomes: list[str | ProblemError] = []
    posts: list[tuple[int, Post]] = []
    for index, (series_id, row, draft) in enumerate(rows):
        try:
            posts.append((index, make_post(row, draft)))
            outcomes.append(f"{series_id}-{micros(draft.values['phenomenonTime'])}")
        except ProblemError as error:
            outcomes.append(error)
    try:
        settled = await courier.deliver([post for _, post in posts]) if posts else []
    except UndeliveredError as error:
        raise ProblemError(503, f"{error}: send it again", {"Retry-After": "5"}) from error
    for (index, _), outcome in zip(posts, settled, strict=True):
        if outcome.rejected:
            outcomes[index] = refusal(outcome)
    return outcomes


def make_post(row: Row | None, draft: Draft) -> Post:
    """Write an observation as a message in Vigie's own format. Raises ProblemError."""
    if row is None:
        raise ProblemError(403, "this Datastream is computed by Vigie: nobody sends to it")
    result = draft.values["result"]
    if isinstance(result, bool) or not isinstance(result, int | float):
        raise refused(f"Observation.result is a number for this Datastream, not {result!r:.40}")
    if draft.values.get("phenomenonTime/end") is not None:
        raise refused("Observation.phenomenonTime is an instant for this Datastream")
    given = sorted(name for name in ("validTime", "resultQuality", "parameters") if draft.values.get(name) is not None)
    if given or "FeatureOfInterest" in draft.related:
        raise refused(f"a series of Vigie's registry keeps no {', '.join(given) or 'FeatureOfInterest'}: leave it out")
    name = f"{row['channel']}/{row['quantity']}" if row["channel"] else row["quantity"]
    message = {
        "values": {name: result},
        "at": draft.values["phenomenonTime"].isoformat(),
        "simulated": row["is_simulated"],
    }
    return Post(row["territory"], formats()["native"], msgspec.json.encode(message), row["device"])


def refusal(outcome: PostOutcome) -> ProblemError:
    """Give the error for a measurement that was refused and kept."""
    reason = outcome.rejected[0]
    return ProblemError(409, f"refused and kept: {reason.reason.sentence('en', device='', detail=reason.detail)}")


def micros(at: datetime) -> int:
    """Give an instant in microseconds since 1970."""
    return round((at - EPOCH) / timedelta(microseconds=1))
