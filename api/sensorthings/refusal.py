"""How a SensorThings request is refused: with the problem body of every other route."""

from api.errors import ProblemError


def refused(detail: str) -> ProblemError:
    """Give the error for what cannot be understood or done so."""
    return ProblemError(400, detail)


def absent(detail: str) -> ProblemError:
    """Give the error for what is not there for this key."""
    return ProblemError(404, detail)
