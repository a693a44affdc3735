"""Settings from the environment."""

import pytest

from ingest.broker import read_broker_url
from ingest.errors import RefusedError, SettingsError
from ingest.settings import read_settings

GIVEN = {"VIGIE_DATABASE_URL": "postgresql://x/y", "VIGIE_MQTT_URL": "mqtt://u:p%40ss@h"}


def test_defaults_stand_where_nothing_is_said() -> None:
    settings = read_settings(GIVEN)
    assert (settings.window_n, settings.territory, settings.metrics_port) == (20_000, None, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VIGIE_DATABASE_URL", ""),
        ("VIGIE_MQTT_URL", ""),
        ("VIGIE_INGEST_WINDOW_N", "0"),
        ("VIGIE_INGEST_WINDOW_N", "many"),
        ("VIGIE_INGEST_METRICS_PORT", "70000"),
    ],
)
def test_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({**GIVEN, name: value})


def test_broker_url_gives_address_and_password() -> None:
    broker = read_broker_url("mqtt://u:p%40ss@h", "w", 10)
    assert (broker.host, broker.port, broker.user, broker.password, broker.is_tls) == ("h", 1883, "u", "p@ss", False)
    assert read_broker_url("mqtts://h", "w", 10).port == 8883
    with pytest.raises(RefusedError):
        read_broker_url("http://h", "w", 10)
