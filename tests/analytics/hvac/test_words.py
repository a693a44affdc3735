"""What is said of an air handling unit: shares within nothing and all, coils by their valves."""

import pytest

from analytics.hvac.diagnosis import Kind, Sign
from analytics.hvac.rules import Component
from analytics.hvac.words import tell_sign


def a_sign(kind: Kind, component: Component, found: float, expected: float) -> Sign:
    return Sign(kind, component, "rule", "source", 0.9, 10.0, 40.0, 2.0, 0.0, found, expected)


@pytest.mark.parametrize(("found", "told"), [(-0.04, ": 0 % of the air"), (1.06, ": 100 % of the air")])
def test_a_share_of_outdoor_air_is_none_to_all(found: float, told: str) -> None:
    assert told in tell_sign(a_sign("damper_stuck", "damper", found, 0.5))[0]


def test_a_damper_follows_a_command_and_a_coil_has_a_valve() -> None:
    assert "ne suit pas sa commande : 20 % d'air neuf" in tell_sign(a_sign("damper_stuck", "damper", 0.2, 0.5))[1]
    english, french, *_ = tell_sign(a_sign("fouled_coil", "heating_coil", 16.25, 20.0))
    assert "the heating coil, its valve fully open, does not reach the set point" in english
    assert "la batterie chaude, vanne grande ouverte, n'atteint pas la consigne : soufflage à 16,2 °C" in french
