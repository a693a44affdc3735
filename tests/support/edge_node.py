"""A Sparkplug edge node for tests: what it publishes, and who listens."""

from tests.support.chain import Chain
from tests.support.publisher import Message, publish
from tests.support.sparkplug import a_birth, a_payload, a_value, bd_seq
from tests.support.waiting import wait_until

AT_MS = 1_780_000_000_000


class Node:
    """An edge node that counts its messages."""

    def __init__(self, chain: Chain) -> None:
        self.chain, self.seq = chain, 0

    def send(self, kind: str, *metrics: dict[str, object], device: str = "") -> None:
        """Publish one message with the next number."""
        topic = f"spBv1.0/{self.chain.territory}/{kind}/gw-hall" + (f"/{device}" if device else "")
        publish(self.chain.settings.mqtt_url, [Message(topic, a_payload(self.seq, *metrics, at_ms=AT_MS))])
        self.seq = (self.seq + 1) % 256

    def give_birth(self) -> None:
        """Say what node and device measure and by which alias."""
        self.seq = 0
        self.send("NBIRTH", bd_seq(7))
        self.send("DBIRTH", a_birth(1, "temperature", 20.0, AT_MS), device="boiler-1")

    def measure(self, second: int) -> None:
        """Send a temperature by its alias alone."""
        self.send("DDATA", a_value(1, 20.0 + second, AT_MS + second * 1000), device="boiler-1")


def wait_for_owner(chain: Chain) -> None:
    """Wait until a worker listens to Sparkplug topics of this territory."""
    wait_until(
        lambda: chain.number("select count(*) from source_states where session like '%/state' and is_connected"),
        "an owner of the topics with state",
    )
