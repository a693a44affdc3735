"""Sparkplug payloads written by protobuf's own library, from the field numbers of the specification."""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from sensors.stateful import Decoded, Received, Record, StatefulFormat, apply_changes, start

NOW_US = 1_772_366_400_000_000  # 2026-03-01T12:00:00Z
NOW_MS = NOW_US // 1000
INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, FLOAT, DOUBLE, BOOLEAN, STRING = range(1, 13)

# Field types of descriptor.proto: 1 double, 2 float, 4 uint64, 8 bool, 9 string, 11 message, 12 bytes, 13 uint32
FIELDS = {
    "PropertyValue": [("type", 1, 13), ("int_value", 3, 13), ("string_value", 8, 9)],
    "PropertySet": [("keys", 1, -9), ("values", 2, -11, "PropertyValue")],
    "Metric": [
        ("name", 1, 9),
        ("alias", 2, 4),
        ("timestamp", 3, 4),
        ("datatype", 4, 13),
        ("is_historical", 5, 8),
        ("is_transient", 6, 8),
        ("is_null", 7, 8),
        ("properties", 9, 11, "PropertySet"),
        ("int_value", 10, 13),
        ("long_value", 11, 4),
        ("float_value", 12, 2),
        ("double_value", 13, 1),
        ("boolean_value", 14, 8),
        ("string_value", 15, 9),
        ("bytes_value", 16, 12),
        ("dataset_value", 17, 12),
        ("template_value", 18, 12),
    ],
    "Payload": [("timestamp", 1, 4), ("metrics", 2, -11, "Metric"), ("seq", 3, 4)],
}


def _make_class() -> Any:  # Any: the class is made at run time
    file = descriptor_pb2.FileDescriptorProto(name="sparkplug_test.proto", package="sparkplug_test", syntax="proto2")
    for name, fields in FIELDS.items():
        message = file.message_type.add(name=name)
        for field_name, number, kind, *of in fields:
            label = 3 if kind < 0 else 1
            field = message.field.add(name=field_name, number=number, type=abs(kind), label=label)
            if of:
                field.type_name = f".sparkplug_test.{of[0]}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("sparkplug_test.Payload"))


PAYLOAD = _make_class()


def a_payload(seq: int | None, *metrics: dict[str, Any], at_ms: int | None = NOW_MS) -> bytes:
    """Write a payload; each metric is the fields it has."""
    return bytes(PAYLOAD(timestamp=at_ms, seq=seq, metrics=metrics).SerializeToString())


def a_birth(alias: int | None, name: str, value: float, at_ms: int = NOW_MS) -> dict[str, Any]:
    """Give a metric as a birth declares it, a double."""
    return {"name": name, "alias": alias, "timestamp": at_ms, "datatype": DOUBLE, "double_value": value}


def a_value(alias: int, value: float, at_ms: int = NOW_MS) -> dict[str, Any]:
    """Give a metric as data carry it: by alias alone."""
    return {"alias": alias, "timestamp": at_ms, "double_value": value}


def bd_seq(number: int) -> dict[str, Any]:
    """Give the metric that ties a death to its birth."""
    return {"name": "bdSeq", "timestamp": NOW_MS, "datatype": INT64, "long_value": number}


class Host:
    """Keeps what a format remembers, as an ingest worker does, and collects what it says."""

    def __init__(self, payload_format: StatefulFormat) -> None:
        self.format = payload_format
        self.records: dict[str, Record] = start()

    def hear(self, topic: str, payload: bytes, at_us: int = NOW_US, *, is_retained: bool = False) -> Decoded:
        """Decode one message and remember what it changed."""
        decoded = self.format.decode(self.records, Received(topic, payload, at_us, is_retained))
        apply_changes(self.records, decoded.changes)
        return decoded


def values_of(decoded: Decoded) -> dict[str, list[float]]:
    """Give the accepted values by device and series."""
    found: dict[str, list[float]] = {}
    for uplink in decoded.uplinks:
        for column in uplink.columns:
            key = f"{uplink.device} {column.channel}/{column.quantity}".replace(" /", " ")
            found.setdefault(key, []).extend(column.values)
    return found
