"""What a session has taken and not finished: how much there is room for, and in which order it is finished."""

from collections import deque
from collections.abc import Iterable, Iterator

from ingest.arrival import Chunk
from ingest.broker import Broker


class Window:
    """The chunks under way, as they came. Only the network thread uses it."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._chunks: deque[Chunk] = deque()
        self._settled: set[int] = set()  # of those, by `id`
        self.n_messages = 0
        self._n_bytes = 0

    @property
    def has_room(self) -> bool:
        """Say whether more may be taken."""
        return self.n_messages < self._broker.window_n and self._n_bytes < self._broker.window_bytes

    def add(self, chunk: Chunk) -> None:
        """Note a chunk that was taken."""
        self._chunks.append(chunk)
        self.n_messages += len(chunk.arrivals)
        self._n_bytes += chunk.n_bytes

    def settle(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """Note chunks as settled, and give those that are finished: nothing that came before them is under way."""
        self._settled.update(id(chunk) for chunk in chunks)
        while self._chunks and id(self._chunks[0]) in self._settled:
            chunk = self._chunks.popleft()
            self._settled.remove(id(chunk))
            self.n_messages -= len(chunk.arrivals)
            self._n_bytes -= chunk.n_bytes
            yield chunk
