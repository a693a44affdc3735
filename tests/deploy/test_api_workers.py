"""`vigie api --workers 2`: two processes on one port; each serves while the other is gone, none is left behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.support.waiting import wait_until

pytestmark = pytest.mark.services
PATIENCE_S = 180.0  # a busy machine starts slowly


def children_of(pid: int) -> list[int]:
    """Give the processes that a process started and that still live."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(word) for word in path.read_text(encoding="ascii").split()]
    return sorted(found)


def answers(address: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(f"{address}/v1/territories", timeout=PATIENCE_S).status_code == 401
    return False


@pytest.fixture
def crew(database_url: str, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    environment = {
        "VIGIE_DATABASE_URL": database_url,
        "VIGIE_API_PORT": str(port),
        "VIGIE_API_EXPORT_DIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "deploy.cli", "api", "--workers", "2"]
    process = subprocess.Popen(command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(30)


def test_each_worker_serves_and_is_replaced(crew: tuple[str, subprocess.Popen[bytes]]) -> None:
    """Of two workers each is killed in turn: the other answers every new connection until there is a new one."""
    address, process = crew
    wait_until(lambda: answers(address), "the workers listen", PATIENCE_S)
    wait_until(lambda: len(children_of(process.pid)) == 2, "both workers", PATIENCE_S)
    first, second = children_of(process.pid)
    wait_until(lambda: listens(first) and listens(second), "both listen", PATIENCE_S)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: first not in children_of(process.pid), "the end of the first", PATIENCE_S)
    assert all(answers(address) for _ in range(10))
    wait_until(lambda: len(alive(process.pid, second)) == 1, "a new worker", PATIENCE_S)
    (third,) = alive(process.pid, second)
    wait_until(lambda: listens(third), "the new worker listens", PATIENCE_S)
    os.kill(second, signal.SIGKILL)
    wait_until(lambda: second not in children_of(process.pid), "the end of the second", PATIENCE_S)
    assert all(answers(address) for _ in range(10))
    left = children_of(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert [pid for pid in left if Path(f"/proc/{pid}").exists()] == []


def alive(parent: int, but: int) -> list[int]:
    return [pid for pid in children_of(parent) if pid != but]


def listens(pid: int) -> bool:
    """Whether a process has a listening socket of TCP open."""
    with suppress(OSError):
        lines = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
        listening = {f"socket:[{line[9]}]" for line in lines if line[3] == "0A"}
        return any(os.readlink(path) in listening for path in Path(f"/proc/{pid}/fd").iterdir())
    return False


def test_a_port_that_is_taken_is_said_once(database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment = {"VIGIE_DATABASE_URL": database_url, "VIGIE_API_PORT": str(taken.getsockname()[1])}
        command = [sys.executable, "-m", "deploy.cli", "api", "--workers", "2"]
        done = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=PATIENCE_S
        )
    assert done.returncode == 11
    assert done.stderr.count("set VIGIE_API_PORT to another") == 1
