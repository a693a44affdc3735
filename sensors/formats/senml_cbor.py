"""SenML in CBOR (RFC 8428, section 6). Described in docs/reference/formats/senml.md."""

from collections.abc import Mapping
from decimal import Decimal

from sensors.cbor import read_cbor
from sensors.measurement import Uplink
from sensors.senml import Record, read_records, resolve
from sensors.senml_uplink import to_uplinks

# Table 6 of the RFC
LABELS: Mapping[object, str] = {
    -1: "bver",
    -2: "bn",
    -3: "bt",
    -4: "bu",
    -5: "bv",
    -6: "bs",
    0: "n",
    1: "u",
    2: "v",
    3: "vs",
    4: "vb",
    5: "s",
    6: "t",
    7: "ut",
    8: "vd",
}


class SenmlCborFormat:
    """The registry's entry for SenML in CBOR."""

    name = "senml_cbor"
    version = "senml_cbor/1"
    topic_filter = "senml/+/cbor"

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give one uplink for each device of the pack. Raises DecodeError only."""
        return to_uplinks(resolve(read_pack(payload), received_at_us), topic, received_at_us)


def read_pack(payload: bytes) -> list[Record]:
    """Give the records by the labels of JSON. Raises DecodeError."""
    pack = read_cbor(payload)
    if isinstance(pack, list):
        pack = [_name_labels(record) if isinstance(record, Mapping) else record for record in pack]
    return read_records(pack)


def _name_labels(record: Mapping[object, object]) -> dict[object, object]:
    """A field has its number for a label; its name as text is a field unknown to the RFC, and left out."""
    named = {label: value for label, value in record.items() if label not in _NAMES}
    return {LABELS.get(_exact(label), label): _plain(value) for label, value in named.items()}


def _exact(label: object) -> object:
    """True and 1.0 are equal to 1 in Python, not in CBOR."""
    return label if type(label) is int else None


def _plain(value: object) -> object:
    """A decimal fraction (tag 4) is a number too; none that cbor2 makes is a signalling NaN."""
    return float(value) if isinstance(value, Decimal) else value


_NAMES = frozenset(LABELS.values())
FORMAT = SenmlCborFormat()
