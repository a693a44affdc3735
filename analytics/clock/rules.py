"""Rules for clocks: made where the cause is certain, proposed where it is not, ended when the clock is right again."""

from datetime import datetime, timedelta
from math import isnan

from analytics.clock.judge import NEAR_S, STEP_S, Judgement, nearest_step
from analytics.clock.words import Correction
from sensors.clock import ClockRule, correct_times
from sensors.instant import EPOCH, SECOND_US
from store.clock_lags import FOREVER_US, ClockDevice, move_measurements, read_strays, read_uncorrected
from store.clocks import NewRule, drop_proposals, end_running_rules, insert_rule
from store.inputs import Connection
from store.intake import instant

PROGRAM = "analyse"
STRAGGLE = timedelta(days=2)  # how far back values are looked for that came before workers knew a rule
WITH_RULE = frozenset({"hour_off", "local_time", "ahead"})


def follow_rules(
    connection: Connection, device: ClockDevice, judgement: Judgement, now: datetime
) -> tuple[Correction, int]:
    """Make, propose, end rules as the judgement asks; say whether one corrects now and how many values were moved."""
    running = next((rule for rule in device.rules if rule.to_us == FOREVER_US), None)
    has_any = bool(device.rules or device.shelved)
    n_back = take_back(connection, device.device_id, now - STRAGGLE) if has_any else 0
    if judgement.verdict == "ok":
        drop_proposals(connection, device.device_id)
        if running is not None:
            end_running_rules(connection, device.device_id, end_of_wrong(judgement), PROGRAM)
            n_back += take_back(connection, device.device_id, now - STRAGGLE)
        return "none", n_back
    if judgement.verdict not in WITH_RULE or not judgement.is_sharp:
        return ("none" if running is None else "active"), n_back
    if running is not None and explains(running, judgement, device.time_zone):
        return "active", n_back + move_under(connection, device.device_id, running, now - STRAGGLE, now)
    return begin_rule(connection, device, judgement, running, now)


def explains(rule: ClockRule, judgement: Judgement, time_zone: str) -> bool:
    """Say whether a rule does what the judgement asks for."""
    if judgement.verdict == "local_time":
        return rule.zone == time_zone
    return rule.zone is None and abs(judgement.ahead_s + rule.shift_us / SECOND_US) <= NEAR_S


def begin_rule(
    connection: Connection, device: ClockDevice, judgement: Judgement, running: ClockRule | None, now: datetime
) -> tuple[Correction, int]:
    """Write the rule: in force where the cause is certain, else as a proposal; not what a person declined."""
    rule = new_rule(device, judgement)
    shelved = [old.state for old in device.shelved if is_same(old.shift_s, old.time_zone, rule)]
    if "declined" in shelved:
        return "none", 0
    if rule.state == "proposed":
        if not shelved:
            drop_proposals(connection, device.device_id)
            insert_rule(connection, rule)
        return "proposed", 0
    drop_proposals(connection, device.device_id)
    if running is not None:
        end_running_rules(connection, device.device_id, rule.begins_at, PROGRAM)
        take_back(connection, device.device_id, now - STRAGGLE)
    made = insert_rule(connection, rule)
    return "active", move_under(connection, device.device_id, made, rule.since, now)


def new_rule(device: ClockDevice, judgement: Judgement) -> NewRule:
    """Put a judgement into a rule. It begins behind the newest own time of when the clock was right."""
    is_local = judgement.verdict == "local_time"
    step_s = nearest_step(judgement.ahead_s)
    ahead_s = step_s if abs(step_s - judgement.ahead_s) <= NEAR_S and abs(step_s) >= STEP_S else judgement.ahead_s
    begins_us = micros(judgement.own_from_s)
    if not isnan(judgement.own_before_s):
        begins_us = max(begins_us, micros(judgement.own_before_s) + 1)
    return NewRule(
        device_id=device.device_id,
        begins_at=instant(begins_us),
        since=instant(micros(judgement.since_s)),
        shift_s=None if is_local else -float(round(ahead_s)),
        time_zone=device.time_zone if is_local else None,
        state="active" if judgement.is_certain else "proposed",
        made_by=PROGRAM,
    )


def is_same(shift_s: float | None, time_zone: str | None, rule: NewRule) -> bool:
    """Say whether another rule would do the same."""
    if shift_s is None or rule.shift_s is None:
        return time_zone is not None and time_zone == rule.time_zone
    return abs(shift_s - rule.shift_s) <= NEAR_S


def end_of_wrong(judgement: Judgement) -> datetime:
    """Give where a rule ends by the device's own time: behind the newest of when the clock was wrong."""
    if isnan(judgement.own_before_s):
        return instant(micros(judgement.own_from_s))
    return instant(micros(judgement.own_before_s) + 1)


def move_under(connection: Connection, device_id: int, rule: ClockRule, since: datetime, now: datetime) -> int:
    """Move the values to their true time that came from `since` on, under a rule that workers did not know yet."""
    ends_us = min(rule.to_us, micros(now.timestamp()) + abs(rule.shift_us) + 86_400 * SECOND_US)
    begins_us = rule.from_us
    if begins_us >= ends_us:
        return 0
    found = read_uncorrected(connection, device_id, instant(begins_us), instant(ends_us), since)
    moves: dict[tuple[int, int], int] = {}
    columns = (found.series_ids.tolist(), found.own_us.tolist(), found.received_us.tolist(), found.newest_us.tolist())
    for series_id, own_us, received_us, newest_us in zip(*columns, strict=True):
        (corrected,) = correct_times([rule], [own_us], newest_us, received_us)
        if corrected is not None and corrected.time_us is not None:
            moves[series_id, own_us] = corrected.time_us
    return move_measurements(connection, moves, rule.rule_id)


def take_back(connection: Connection, device_id: int, since: datetime = EPOCH) -> int:
    """Move values back to the device's own time that were changed by a rule which does not hold for it (any more)."""
    return move_measurements(connection, read_strays(connection, device_id, since), None)


def micros(at_s: float) -> int:
    """Give microseconds of seconds."""
    return round(at_s * SECOND_US)
