"""As root, a host of its own for the ingest, joined by a cable that can be pulled."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWNET = 0x40000000
NETWORK, MASK = "10.231.77", 30  # four addresses for each host


@dataclass(frozen=True, slots=True)
class Host:
    """A network namespace, the first, second ... of this process."""

    number: int = 0

    @property
    def name(self) -> str:
        return f"vigie-faults-{os.getpid()}-{self.number}"

    @property
    def address(self) -> str:
        """Where the servers are reached from it."""
        return f"{NETWORK}.{4 * self.number + 1}"

    @property
    def own_address(self) -> str:
        return f"{NETWORK}.{4 * self.number + 2}"

    @property
    def near(self) -> str:
        """The near end of its cable."""
        return f"near{os.getpid()}-{self.number}"

    @property
    def cable(self) -> str:
        """The far end of the cable."""
        return f"far{os.getpid()}-{self.number}"

    def pull(self) -> None:
        """Cut the host off: nothing says so to either side."""
        ip("-n", self.name, "link", "set", self.cable, "down")

    def plug(self) -> None:
        """Join it again."""
        ip("-n", self.name, "link", "set", self.cable, "up")


@contextmanager
def apart(number: int = 0) -> Iterator[Host]:
    """Make a host and its cable; both are taken away in the end."""
    host = Host(number)
    ip("netns", "add", host.name)
    try:
        ip("link", "add", host.near, "type", "veth", "peer", "name", host.cable, "netns", host.name)
        ip("addr", "add", f"{host.address}/{MASK}", "dev", host.near)
        ip("link", "set", host.near, "up")
        ip("-n", host.name, "addr", "add", f"{host.own_address}/{MASK}", "dev", host.cable)
        ip("-n", host.name, "link", "set", "lo", "up")
        host.plug()
        yield host
    finally:
        ip("netns", "del", host.name)


@contextmanager
def inside(host: Host | None) -> Iterator[None]:
    """Have what this thread starts meanwhile live on that host; where none is given, here."""
    if host is None:
        yield
        return
    with Path("/proc/thread-self/ns/net").open("rb") as home, Path(f"/run/netns/{host.name}").open("rb") as there:
        enter(there.fileno())
        try:
            yield
        finally:
            enter(home.fileno())


def enter(descriptor: int) -> None:
    """Move this thread into a network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def ip(*words: str) -> None:
    """Run iproute2."""
    run("ip", *words)


def run(*words: str) -> None:
    """Run a program that must succeed."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr.strip()}"
