"""Failures that technicians date, by closing a work order or by judging a finding."""

from datetime import datetime, timedelta

from store.inputs import Connection

DAY = timedelta(days=1)


def fail_by_order(connection: Connection, asset_id: int, at: datetime) -> None:
    """Close a work order that found an asset failed at an instant."""
    connection.execute(
        "insert into work_orders (territory_id, asset_id, state, severity, title, opened_by, closed_at, verdict,"
        " condition, failed_at) select territory_id, asset_id, 'closed', 'urgent', 'x', 'anna', %(later)s,"
        " 'confirmed', 'failed', %(at)s from assets where asset_id = %(asset_id)s",
        {"asset_id": asset_id, "at": at, "later": at + DAY},
    )


def fail_by_verdict(
    connection: Connection, asset_id: int, at: datetime, kind: str = "pump_wear", *, is_dated: bool = True
) -> None:
    """Confirm a finding that began three days before an asset failed; undated, the verdict does not say when."""
    connection.execute(
        "with f as (insert into findings (territory_id, asset_id, kind, model, model_version, started_at, ended_at,"
        " score, severity, sentence_en, sentence_fr, evidence) select territory_id, asset_id, %(kind)s, 'hint', '1',"
        " %(at)s::timestamptz - interval '3 days', %(at)s::timestamptz + interval '1 day', 1, 'warning', 'x', 'x', '{}'"
        " from assets where asset_id = %(asset_id)s returning finding_id)"
        " insert into verdicts (finding_id, verdict, who, failed_at, given_at, given_by)"
        " select finding_id, 'confirmed', 'anna', %(failed_at)s, %(at)s, 'test' from f",
        {"asset_id": asset_id, "at": at, "failed_at": at if is_dated else None, "kind": kind},
    )
