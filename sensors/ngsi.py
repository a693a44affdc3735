"""Entities of the Smart Data Models as uplinks, one or two for each entity."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sensors.cefact import ucum_code
from sensors.entity import Attribute, Entity, Time, device_id, last_part, read_document, read_entity, read_time
from sensors.foreign_name import channel_name
from sensors.measurement import Clock, RejectedPart, Uplink
from sensors.plausible import RawColumn, Refusal, check_columns
from sensors.quantity import find_quantity
from sensors.rejection import DecodeError, Reason, shown
from sensors.smart_data_models import CONTROLLED, METERED, MODELS, OBSERVED, SLOTS, STATED, Model, Rule

_PHASES = frozenset({"L1", "L2", "L3", "N", "L12", "L23", "L31"})
_OWN_PHASES = ("L1", "L2", "L3")  # of a plain list
_MEASUREMENT = "DeviceMeasurement"
_METER = "SmartMeteringObservation"
LONGEST_MESSAGE_ID = 128


class Item(NamedTuple):
    """One value of an entity; `rule` None where nobody knows what it is."""

    name: str
    rule: Rule | None
    channel: str
    value: object
    time: Time
    unit: str | None


@dataclass(frozen=True, slots=True)
class NgsiFormat:
    """The registry's entry for entities; the topic says nothing, so that a rule may use any."""

    name: str
    topic_filter: str

    @property
    def version(self) -> str:
        """Name the decoder's behaviour."""
        return f"{self.name}/1"

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give what the entities of a message say. Raises DecodeError only."""
        notification = read_document(payload)
        entities = [read_entity(document) for document in notification.entities]
        uplinks = [
            uplink
            for entity in entities
            for uplink in measure(entity, notification.id, received_at_us)
            if uplink.columns or uplink.rejected
        ]
        if not uplinks:
            raise DecodeError(Reason.NO_VALUE, shown(", ".join(sorted({entity.type for entity in entities}))))
        return tuple(uplinks)


def measure(entity: Entity, notification_id: str | None, received_at_us: int) -> Iterator[Uplink]:
    """Give what an entity says: values with a time, and those for which the arrival has to stand."""
    entity, model = find_model(entity)
    if model is None:
        part = RejectedPart(Reason.UNKNOWN_QUANTITY, shown(f"type {entity.type}"), "", shown(entity.type), 1)
        yield Uplink(entity.device, (), (part,))
        return
    items = list(find_items(entity, model))
    timed = [item for item in items if item.time is not None]
    untimed = [item for item in items if item.time is None]
    yield _as_uplink(entity, timed, None, received_at_us, "device")
    yield _as_uplink(entity, untimed, _as_message_id(notification_id), received_at_us, "arrival")


def find_model(entity: Entity) -> tuple[Entity, Model | None]:
    """Give how an entity is read; one made for each single measurement is given as its device. Raises DecodeError."""
    by_name = {attribute.name: attribute.value for attribute in entity.attributes}
    if entity.type not in (_MEASUREMENT, _METER):
        return entity, MODELS.get(entity.type)
    of_device = by_name.get("refDevice")
    of_device = of_device[0] if isinstance(of_device, list) and of_device else of_device
    if isinstance(of_device, str):
        entity = entity._replace(device=device_id(of_device))
    if entity.type == _METER:
        return entity, _metered_model(by_name.get("meterType"))
    return _single_measurement(entity, by_name)


def find_items(entity: Entity, model: Model) -> Iterator[Item]:
    """Give each value of an entity that is measured, or a number of which nobody knows what it is."""
    if not model.rules:
        return
    entity_time = _entity_time(entity, model)
    for attribute in entity.attributes:
        time = entity_time if attribute.time is None else attribute.time
        timed = attribute._replace(time=time)
        channel = channel_name(attribute.dataset) if attribute.dataset else ""
        if attribute.name in SLOTS and isinstance(attribute.value, Mapping):
            for name, value in attribute.value.items():
                yield from _spread(timed._replace(name=last_part(name), value=value), model, SLOTS[attribute.name])
        else:
            yield from _spread(timed, model, channel)


def _spread(attribute: Attribute, model: Model, channel: str) -> Iterator[Item]:
    """Take apart what has one value for each phase, and what one value says of two quantities."""
    if attribute.name in model.fixed or attribute.value is None:
        return
    for part, value in _parts(attribute.value):
        rules: Iterable[Rule | None] = model.rules.get(attribute.name) or ((None,) if _is_number(value) else ())
        for rule in rules:
            where = ".".join(filter(None, (channel, rule.channel if rule else "", part)))
            yield Item(attribute.name, rule, where, value, attribute.time, attribute.unit)


def _parts(value: object) -> list[tuple[str, object]]:
    if isinstance(value, Mapping) and not _PHASES.isdisjoint(value):
        return [(channel_name(key) if key in _PHASES else "?", each) for key, each in value.items()]
    if isinstance(value, list) and 0 < len(value) <= len(_OWN_PHASES) and all(map(_is_number, value)):
        return list(zip(_OWN_PHASES, value, strict=False))
    return [("", value)]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_uplink(entity: Entity, items: list[Item], message_id: str | None, received_at_us: int, clock: Clock) -> Uplink:
    rows: dict[tuple[str, str, str | None], tuple[list[int | Refusal], list[object]]] = {}
    refused: list[RejectedPart] = []
    for item in items:
        value = _value_of(item)
        if isinstance(value, Refusal):
            name = item.name if item.rule is None else item.rule.quantity
            refused.append(RejectedPart(value.reason, shown(value.detail), shown(item.channel), shown(name), 1))
        elif value is not None and item.rule is not None:
            target = (item.channel, item.rule.quantity, item.unit or item.rule.unit or None)
            times_us, values = rows.setdefault(target, ([], []))
            times_us.append(received_at_us if item.time is None else item.time)
            values.append(value)
    columns, rejected = check_columns([RawColumn(*target, *row) for target, row in rows.items()], received_at_us)
    return Uplink(entity.device, columns, (*refused, *rejected), message_id, clock)


def _value_of(item: Item) -> object:
    """Give the value that the gate is to judge, None where nothing is said, or why it cannot be used."""
    rule, value = item.rule, item.value
    if rule is None or item.channel.endswith("?"):
        return Refusal(Reason.UNKNOWN_QUANTITY, item.name)
    if rule.unit == STATED and item.unit is None:
        return Refusal(Reason.WRONG_UNIT, "unitCode ?")
    if rule.codes is not None:
        if not isinstance(value, str):
            return Refusal(Reason.OUT_OF_RANGE, repr(value))
        return rule.codes.get(value.lower(), value)
    if isinstance(value, int | float) and rule.unit == "1" and item.unit == "%" and 0 < value <= 1:
        # The models mean a ratio, some of their own examples call it per cent: 0.5 may be either
        return Refusal(Reason.WRONG_UNIT, f"{value} % / 0 … 1 ?")
    return None if _is_number(value) and value == rule.absent else value


def _entity_time(entity: Entity, model: Model) -> Time:
    by_name = {attribute.name: attribute.value for attribute in entity.attributes}
    names = (*OBSERVED, *model.times)
    return next((read_time(by_name[name]) for name in names if by_name.get(name) not in (None, "")), None)


def _metered_model(supply: object) -> Model:
    """Give the model of a meter: what its totals are depends on what it meters."""
    quantity = METERED.get(supply.lower()) if isinstance(supply, str) else None
    model = MODELS[_METER]
    return model._replace(
        rules={
            name: tuple(
                rule._replace(quantity=quantity or name) if rule.quantity == "active_energy" else rule for rule in rules
            )
            for name, rules in model.rules.items()
        }
    )


def _single_measurement(entity: Entity, by_name: Mapping[str, object]) -> tuple[Entity, Model]:
    """Give a DeviceMeasurement as an attribute called after what is measured."""
    name, unit = by_name.get("controlledProperty"), by_name.get("unit")
    name = name if isinstance(name, str) else ""
    rule = CONTROLLED.get(name) or (Rule(name, STATED) if find_quantity(name) else None)
    written = next((each for each in entity.attributes if each.name == "numValue"), None)
    if written is None or written.value is None:
        written = Attribute("textValue", by_name.get("textValue"))
    stated = ucum_code(unit) if isinstance(unit, str) and unit else written.unit
    kept = tuple(attribute for attribute in entity.attributes if attribute.name in OBSERVED)
    measured = written._replace(name=name, unit=stated)
    return entity._replace(attributes=(*kept, measured)), Model({name: (rule,) if rule else ()})


def _as_message_id(notification_id: str | None) -> str | None:
    """Give the identity of a notification where it can be one."""
    if notification_id is None or not 0 < len(notification_id) <= LONGEST_MESSAGE_ID:
        return None
    return notification_id if notification_id.isascii() and notification_id.isprintable() else None
