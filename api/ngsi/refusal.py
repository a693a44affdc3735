"""How an NGSI-LD request is refused: with the problem body of every other route, of a type of the standard."""

from api.errors import TITLES, ProblemError

_ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"
BAD_REQUEST, INVALID_REQUEST = f"{_ERRORS}BadRequestData", f"{_ERRORS}InvalidRequest"
ALREADY_EXISTS, NOT_FOUND = f"{_ERRORS}AlreadyExists", f"{_ERRORS}ResourceNotFound"
NO_CONTEXT, NO_TENANT = f"{_ERRORS}LdContextNotAvailable", f"{_ERRORS}NonexistentTenant"
NOT_SUPPORTED, TOO_MANY = f"{_ERRORS}OperationNotSupported", f"{_ERRORS}TooManyResults"
# What an error of a status is where nothing says it better.
TYPE_BY_STATUS = {
    400: BAD_REQUEST,
    404: NOT_FOUND,
    405: INVALID_REQUEST,
    406: INVALID_REQUEST,
    409: ALREADY_EXISTS,
    411: INVALID_REQUEST,
    413: INVALID_REQUEST,
    415: INVALID_REQUEST,
    422: NOT_SUPPORTED,
}


def bad(detail: str) -> ProblemError:
    """Give the error for content that cannot be understood."""
    return ProblemError(400, detail, type_uri=BAD_REQUEST)


def invalid(detail: str) -> ProblemError:
    """Give the error for a request that is none: its syntax, its parameters."""
    return ProblemError(400, detail, type_uri=INVALID_REQUEST)


def absent(detail: str) -> ProblemError:
    """Give the error for what is not there for this key."""
    return ProblemError(404, detail, type_uri=NOT_FOUND)


def exists(urn: str) -> ProblemError:
    """Give the error for an entity that is there already."""
    return ProblemError(409, f"there is an entity {urn}: change it, or choose another id", type_uri=ALREADY_EXISTS)


def unsupported(detail: str) -> ProblemError:
    """Give the error for what the standard knows and Vigie does not do."""
    return ProblemError(422, detail, type_uri=NOT_SUPPORTED)


def too_many(detail: str) -> ProblemError:
    """Give the error for a question whose answer would be too much."""
    return ProblemError(403, detail, type_uri=TOO_MANY)


def unknown_context(url: str) -> ProblemError:
    """Give the error for a context that is not kept here; none is fetched."""
    return ProblemError(
        503,
        f"the context {url[:200]!r} is not kept here and is not fetched: have it brought with `vigie context add`, or "
        "post it to /ngsi-ld/v1/jsonldContexts",
        type_uri=NO_CONTEXT,
    )


def describe(error: ProblemError) -> dict[str, object]:
    """Give an error as a part of the answer to many."""
    return {
        "type": error.type_uri or TYPE_BY_STATUS.get(error.status, BAD_REQUEST),
        "title": TITLES.get(error.status, "Error"),
        "status": error.status,
        "detail": error.detail,
    }
