"""Reads the numbers of a binary frame one after another; a frame that is cut short is refused, never filled up."""

from typing import Literal

from sensors.rejection import DecodeError, Reason


class Frame:
    """The bytes of one frame, and how far they are read. Every method raises DecodeError (invalid_binary)."""

    def __init__(self, data: bytes, order: Literal["big", "little"] = "big") -> None:
        self.data = data
        self.order = order
        self.position = 0

    @property
    def n_left(self) -> int:
        """Count the bytes that are not read yet."""
        return len(self.data) - self.position

    def take(self, n_bytes: int) -> bytes:
        """Give the next bytes as they are."""
        if n_bytes > self.n_left:
            raise DecodeError(Reason.INVALID_BINARY, f"byte {self.position}: {self.n_left} B / {n_bytes} B")
        self.position += n_bytes
        return self.data[self.position - n_bytes : self.position]

    def unsigned(self, n_bytes: int) -> int:
        """Give the next unsigned integer."""
        return int.from_bytes(self.take(n_bytes), self.order)

    def signed(self, n_bytes: int) -> int:
        """Give the next integer in two's complement."""
        return int.from_bytes(self.take(n_bytes), self.order, signed=True)

    def expect(self, value: int, what: str) -> None:
        """Read one byte that must have this value."""
        if (found := self.unsigned(1)) != value:
            raise DecodeError(Reason.INVALID_BINARY, f"{what}: 0x{found:02x} / 0x{value:02x}")


def refuse_port(f_port: int) -> DecodeError:
    """Say that the model does not send on this LoRaWAN port."""
    return DecodeError(Reason.INVALID_BINARY, f"port {f_port}")
