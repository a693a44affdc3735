"""Questions to the server over one kept connection: tried again where that is safe, errors as `vigie_client.errors`."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from vigie_client.errors import AnswerError, FaultError, RefusedError, UnreachableError

N_TRIES = 4
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
AGAIN = frozenset({429, 502, 503, 504})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
Parameters = Mapping[str, Any]


class Transport:
    """Asks one server with one key. `sleep` waits [s] between tries."""

    def __init__(
        self,
        address: str,
        key: str | None,
        timeout_s: float = 60.0,
        verify: bool | str = True,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        place = urlsplit(address)
        if place.scheme not in ("http", "https") or not place.hostname:
            raise ValueError(f"give an address such as https://vigie.example.org, not {address!r}")
        if key and place.scheme == "http" and place.hostname not in LOOPBACK:
            raise ValueError("a key is not sent over http: give an https address")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._line = httpx.Client(base_url=address.rstrip("/"), headers=headers, timeout=timeout_s, verify=verify)
        self._sleep = sleep

    def close(self) -> None:
        """Let go of the connection."""
        self._line.close()

    def get(self, path: str, parameters: Parameters | None = None) -> bytes:
        """Give the body of an answer."""
        return self._ask(self._line.build_request("GET", path, params=written(parameters or {}))).content

    def write(
        self, method: str, path: str, body: object, headers: Mapping[str, str], is_repeatable: bool = True
    ) -> bytes:
        """Send JSON and give the body of the answer; tried again only where the server knows the same request again."""
        content = msgspec.json.encode(body)
        told = {"Content-Type": "application/json", **headers}
        return self._ask(self._line.build_request(method, path, content=content, headers=told), is_repeatable).content

    @contextmanager
    def pieces(self, path: str, parameters: Parameters) -> Iterator[Iterator[bytes]]:
        """Give an answer piece by piece, as it comes."""
        answer = self._ask(self._line.build_request("GET", path, params=written(parameters)), is_streamed=True)
        try:
            yield translated(answer.iter_bytes())
        finally:
            answer.close()

    def _ask(self, request: httpx.Request, is_repeatable: bool = True, is_streamed: bool = False) -> httpx.Response:
        for n_tried in range(1, N_TRIES + 1):
            is_last = n_tried == N_TRIES or not is_repeatable
            try:
                answer = self._line.send(request, stream=is_streamed)
            except httpx.TransportError as error:
                if is_last:
                    raise UnreachableError(f"{request.url.host} does not answer: {error}") from error
                self._sleep(wait_s(n_tried, None))
                continue
            if answer.is_success:
                return answer
            answer.read()
            if is_last or answer.status_code not in AGAIN:
                raise problem_of(answer)
            self._sleep(wait_s(n_tried, answer.headers.get("retry-after")))
        raise AssertionError("the last try returns or raises")


def wait_s(n_tried: int, retry_after: str | None) -> float:
    """Say how long to wait [s]: what the server says, else twice as long after each try, with some chance in it."""
    if retry_after is not None and retry_after.isdigit():
        return min(float(retry_after), LONGEST_WAIT_S)
    return FIRST_WAIT_S * float(2 ** (n_tried - 1)) * random.uniform(0.5, 1.0)


def problem_of(answer: httpx.Response) -> AnswerError:
    """Turn an answer that is no success into an error."""
    try:
        body = json.loads(answer.content)
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    kind = RefusedError if answer.status_code < 500 else FaultError
    return kind(answer.status_code, str(body.get("detail", answer.reason_phrase)), body)


def translated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Give pieces; an answer that breaks off is an error."""
    try:
        yield from pieces
    except httpx.TransportError as error:
        raise UnreachableError(f"the answer broke off: {error}") from error


def written(parameters: Parameters) -> httpx.QueryParams:
    """Write parameters as the server reads them; None is left out, a sequence is several.

    Raises
    ------
    ValueError
        An instant has no time zone.
    """
    found: list[tuple[str, str | int | float | bool | None]] = []
    for name, value in parameters.items():
        values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        found += [(name, text_of(one)) for one in values if one is not None]
    return httpx.QueryParams(found)


def text_of(value: object) -> str:
    """Write a value of a parameter. Raises ValueError."""
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError(f"{value.isoformat()}: give instants with a time zone")
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
