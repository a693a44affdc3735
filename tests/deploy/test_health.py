"""The health checks of containers say no when the work is not done."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.health import answers, closes_hours, main
from deploy.local.state import free_port
from store.connect import connect
from store.rollup import refresh
from tests.support.grafana_stand_in import stand_in


@pytest.mark.services
def test_analyse_is_well_when_hours_are_closed(database_url: str) -> None:
    now = datetime.now(UTC)
    assert not closes_hours(database_url, now)
    with connect(database_url, program="test", autocommit=True) as connection:
        refresh(connection, now, settle_s=0)
    assert closes_hours(database_url, now)
    assert not closes_hours(database_url, now + timedelta(hours=3))


def test_no_database_is_not_well() -> None:
    assert not closes_hours(f"postgresql://vigie:x@127.0.0.1:{free_port()}/vigie", datetime.now(UTC))


def test_an_address_that_refuses_or_is_absent_is_not_well() -> None:
    with stand_in() as server:
        assert not answers(f"{server.url}/api/orgs/name/x")
    assert main(["http", f"http://127.0.0.1:{free_port()}/"]) == 1


def test_an_unknown_check_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["perhaps"]) == 2
    assert "expected" in capsys.readouterr().err
