"""Writes of work orders: on a connection of their own, and what they are refused for in both languages."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request

from api.errors import ProblemError
from api.faults import faults
from api.thread import in_thread
from sensors.work_order import ImpossibleError, OutcomeError
from store.connect import connect
from store.idempotency import KeyTakenError
from store.technician import NotThereError
from store.work_order_photos import MOST_PHOTOS, TooManyPhotosError
from store.work_orders import Connection, OpenAlreadyError, StaleError

T = TypeVar("T")
REFUSALS = (NotThereError, StaleError, ImpossibleError, OpenAlreadyError, OutcomeError, KeyTakenError)


async def write(request: Request, act: Callable[[Connection], T]) -> T:
    """Do it on a connection of its own. Raises ProblemError for what is refused, with `faults` as forms show them."""

    def run() -> T:
        with connect(request.app.state.database_url, program="api", statement_timeout_s=30.0) as connection:
            return act(connection)

    try:
        return await in_thread(run)
    except REFUSALS as error:
        raise refusal_of(error) from error


def refusal_of(error: Exception) -> ProblemError:
    """Say why something is refused."""
    status, sentence_fr = reason_of(error)
    field = error.field if isinstance(error, OutcomeError) else ""
    sentence_en = error.sentence_en if isinstance(error, OutcomeError) else str(error)
    number = {"work_order_id": error.work_order_id} if isinstance(error, OpenAlreadyError) else {}
    return ProblemError(status, str(error), members=faults(sentence_fr, sentence_en, field) | number)


def reason_of(error: Exception) -> tuple[int, str]:
    """Give the status and the French sentence."""
    match error:
        case NotThereError():
            return 404, "cela n’est pas, ou plus, là pour cette clé"
        case StaleError():
            return 412, "un collègue a changé l’ordre entre-temps : regardez-le, puis recommencez"
        case OpenAlreadyError():
            return 409, f"l’ordre n° {error.work_order_id} est déjà ouvert pour cela"
        case TooManyPhotosError():
            return 409, f"l’ordre a déjà {MOST_PHOTOS} photos : retirez-en une d’abord"
        case ImpossibleError():
            return 409, "l’ordre est dans un état qui ne le permet plus"
        case OutcomeError():
            return 422, error.sentence_fr
        case _:
            return 422, "cette clé d’envoi a déjà servi à autre chose : recommencez"
