"""Runs people's JavaScript codecs: a codec that misbehaves costs its message, never the worker."""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import msgspec

from ingest.codecs.process import CodecProcess, ProcessEndedError
from sensors.rejection import DecodeError, Reason, shown

MAX_SOURCE_BYTES = 256 * 1024
MAX_CODECS_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class CodecLimits:
    """What one message may cost: `time_s` of processor time, `memory_bytes` of the JavaScript heap.

    `patience_s` is when the process is killed by the clock on the wall, far above `time_s` because the machine may be
    busy. A codec that broke its limits `n_strikes` times in a row rests for `rest_s`: its messages are refused unread.
    """

    time_s: float = 0.2
    memory_bytes: int = 16 * 1024 * 1024
    patience_s: float = 10.0
    n_strikes: int = 5
    rest_s: float = 60.0


class Answer(msgspec.Struct, frozen=True):
    """What the codec process answers."""

    result: str | None = None
    error: str | None = None
    limit: bool = False


class Output(msgspec.Struct, frozen=True):
    """What a codec returns. Warnings do not matter to us."""

    data: dict[str, Any] | None = None  # Any: the fields are the codec's own
    errors: list[Any] | None = None  # Any: texts by contract, whatever in fact


@dataclass(slots=True)
class _Record:
    """How a codec has behaved lately."""

    n_strikes: int = 0
    rests_until: float = 0.0


class CodecRunner:
    """Runs `decodeUplink` of codecs in one child process, one message at a time; may be called from any thread."""

    def __init__(self, limits: CodecLimits = CodecLimits(), clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock = clock
        self._process: CodecProcess | None = None
        self._records: dict[bytes, _Record] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Give the number of the child process, None while there is none."""
        return self._process.pid if self._process and self._process.is_alive else None

    def decode(
        self, codec_source: str, data: bytes, f_port: int, variables: Mapping[str, str], received_at: datetime
    ) -> dict[str, Any]:
        """Give the object that the codec makes of the bytes. Raises DecodeError (codec_failed) and nothing else.

        `received_at` is an aware datetime; the codec sees it as `recvTime`, a Date.
        """
        if len(codec_source.encode(errors="replace")) > MAX_SOURCE_BYTES:
            raise DecodeError(Reason.CODEC_FAILED, f"codec: > {MAX_SOURCE_BYTES} B")
        request = {
            "source": codec_source,
            "input": {
                "bytes": list(data),
                "fPort": f_port,
                "variables": dict(variables),
                "recvTime": received_at.timestamp() * 1000,
            },
            "time_s": self.limits.time_s,
            "memory_bytes": self.limits.memory_bytes,
        }
        with self._lock:
            record = self._find_record(codec_source)
            if record.rests_until > self._clock():
                raise DecodeError(Reason.CODEC_FAILED, f"codec: {record.n_strikes} x over its limits")
            answer = self._run(request)
            self._keep_record(record, answer)
        return _read_output(answer)

    def close(self) -> None:
        """End the child process."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process = None

    def _run(self, request: dict[str, Any]) -> Answer:
        """Give the answer; a process that was found dead is replaced, one that dies over the message is the codec's."""
        if self._process is None or not self._process.is_alive:
            if self._process is not None:
                self._process.kill()  # collects what is left of it
            self._process = CodecProcess()
        try:
            return _ANSWER.decode(self._process.ask(request, self.limits.patience_s))
        except ProcessEndedError as error:
            self._process = None
            return Answer(error=f"process killed: {error}", limit=True)

    def _find_record(self, codec_source: str) -> _Record:
        key = hashlib.sha256(codec_source.encode(errors="replace")).digest()
        if key not in self._records and len(self._records) >= MAX_CODECS_REMEMBERED:
            self._records.pop(next(iter(self._records)))
        return self._records.setdefault(key, _Record())

    def _keep_record(self, record: _Record, answer: Answer) -> None:
        record.n_strikes = record.n_strikes + 1 if answer.limit else 0
        if record.n_strikes >= self.limits.n_strikes:
            record.rests_until = self._clock() + self.limits.rest_s


def _read_output(answer: Answer) -> dict[str, Any]:
    if answer.result is None:
        raise DecodeError(Reason.CODEC_FAILED, shown(answer.error or "no answer"))
    try:
        output = _OUTPUT.decode(answer.result)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise DecodeError(Reason.CODEC_FAILED, shown(f"result: {error}")) from error
    if output.errors:
        raise DecodeError(Reason.CODEC_FAILED, shown("; ".join(map(str, output.errors[:10]))))
    if output.data is None:
        raise DecodeError(Reason.CODEC_FAILED, "result: no data")
    return output.data


_ANSWER = msgspec.json.Decoder(Answer)
_OUTPUT = msgspec.json.Decoder(Output)
