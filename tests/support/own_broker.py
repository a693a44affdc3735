"""A Mosquitto of one test alone, which may be killed and started again at the same port."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.place import place_of
from deploy.local.process import wait_until
from deploy.local.state import LOOPBACK, free_port, is_free
from deploy.local.tree import SERVICES, ensure_tree
from tests.support.shared import REPOSITORY

CONFIGURATION = """
listener {port} 127.0.0.1
user root
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
max_inflight_messages {most_in_flight}
log_dest none
{further}
"""
FORGETFUL = """
persistence false
max_queued_messages 0
"""
RIGHTS = """
user gateway
topic readwrite vigie/#

user mute
topic read vigie/#
"""


class OwnBroker:
    """Its users are `gateway` and `mute` (who may not publish), the password is `secret`. It forgets when killed."""

    def __init__(self, folder: Path, most_in_flight: int = 0, further: str = FORGETFUL) -> None:
        self.folder = folder
        self.port = free_port()
        self.tree = ensure_tree(SERVICES, place_of(REPOSITORY).cache)
        self._process: subprocess.Popen[bytes] | None = None
        text = CONFIGURATION.format(port=self.port, folder=folder, most_in_flight=most_in_flight, further=further)
        (folder / "mosquitto.conf").write_text(text)
        (folder / "acl").write_text(RIGHTS)
        passwords = folder / "passwords"
        passwords.write_text("gateway:secret\nmute:secret\n")
        for path in (passwords, folder / "acl"):
            path.chmod(0o600)
        subprocess.run([str(self.tree / "usr/bin/mosquitto_passwd"), "-U", str(passwords)], check=True)

    def url(self, user: str = "gateway", password: str = "secret") -> str:
        """Give the URL for a user."""
        return f"mqtt://{user}:{password}@{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int:
        """Give its process number while it runs."""
        assert self._process is not None, "it does not run"
        return self._process.pid

    def start(self) -> None:
        """Start and wait until it listens."""
        command = [str(self.tree / "usr/sbin/mosquitto"), "-c", str(self.folder / "mosquitto.conf")]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert wait_until(lambda: not is_free(self.port), 10.0), "the broker does not listen"

    def kill(self) -> None:
        """Take its power away: what it held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def own_broker(folder: Path, most_in_flight: int = 0, further: str = FORGETFUL) -> Iterator[OwnBroker]:
    """Run a broker with its files in this folder; killed in the end.

    `most_in_flight` 0 sets no limit; `further` are the lines of its configuration about what it keeps.
    """
    broker = OwnBroker(folder, most_in_flight, further)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()
