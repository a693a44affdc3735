"""What can go wrong at a Vigie server, as its client says it.

VigieError
 |- UnreachableError     no answer: the network, the address, or a server that is away
 `- AnswerError          an answer that is no success; `detail` says what to do
     |- RefusedError     400 to 499: what was asked cannot be, or may not
     `- FaultError       500 and above, also after trying again
"""

from collections.abc import Mapping
from typing import Any


class VigieError(Exception):
    """Whatever ends a question to the server."""


class UnreachableError(VigieError):
    """The server did not answer."""


class AnswerError(VigieError):
    """The server answered with a problem (RFC 9457).

    `status` is that of HTTP, `detail` the sentence that says what to do, `body` all that the server said.
    """

    def __init__(self, status: int, detail: str, body: Mapping[str, Any]) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail
        self.body = body


class RefusedError(AnswerError):
    """What was asked cannot be, or may not."""


class FaultError(AnswerError):
    """The server could not answer."""
