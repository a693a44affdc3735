"""The codec process from outside: started when needed, given one request at a time, killed when its answer is late."""

import json
import os
import select
import selectors
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("sandbox.py")
HEAD_BYTES = 4
LARGEST_ANSWER_BYTES = 4 * 1024 * 1024


class ProcessEndedError(Exception):
    """The codec process ended, or had to be killed, before it answered."""


class CodecProcess:
    """One child process. It ends with its owner at the latest, because its input then ends."""

    def __init__(self) -> None:
        # -I: no environment, no current folder; nothing of the platform is in reach of the child
        self._child = subprocess.Popen(
            [sys.executable, "-I", str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={},
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """Give the process number."""
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        """Say whether it still runs."""
        return self._child.poll() is None

    def ask(self, request: dict[str, Any], patience_s: float) -> bytes:
        """Give the answer to a request. Raises ProcessEndedError, and then the process is gone."""
        body = json.dumps(request).encode()
        ends_at = time.monotonic() + patience_s
        try:
            self._write(len(body).to_bytes(HEAD_BYTES, "big") + body, ends_at)
            size = int.from_bytes(self._read(HEAD_BYTES, ends_at), "big")
            if size > LARGEST_ANSWER_BYTES:
                raise ProcessEndedError(f"answer of {size} B")
            return self._read(size, ends_at)
        except (ProcessEndedError, OSError) as error:
            self.kill()
            raise ProcessEndedError(str(error)) from error

    def kill(self) -> None:
        """End it at once and collect it."""
        self._child.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                stream.close()

    def _write(self, data: bytes, ends_at: float) -> None:
        assert self._child.stdin is not None
        descriptor, left = self._child.stdin.fileno(), memoryview(data)
        while left:
            self._wait(descriptor, selectors.EVENT_WRITE, ends_at)
            # a pipe that is ready takes PIPE_BUF bytes without blocking (POSIX)
            left = left[os.write(descriptor, left[: select.PIPE_BUF]) :]

    def _read(self, n_bytes: int, ends_at: float) -> bytes:
        assert self._child.stdout is not None
        descriptor, data = self._child.stdout.fileno(), b""
        while len(data) < n_bytes:
            self._wait(descriptor, selectors.EVENT_READ, ends_at)
            piece = os.read(descriptor, n_bytes - len(data))
            if not piece:
                raise ProcessEndedError("no answer")
            data += piece
        return data

    def _wait(self, descriptor: int, event: int, ends_at: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            if not selector.select(max(ends_at - time.monotonic(), 0)):
                raise ProcessEndedError("no answer in time")
