"""`vigie threshold`: moved by hand, given back, and refused where no model has such a threshold."""

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.errors import SettingError
from tests.support.judged_town import seed_judged_town

pytestmark = pytest.mark.services


def threshold(database_url: str, *words: str) -> Result:
    return CliRunner(env={"VIGIE_DATABASE_URL": database_url}).invoke(app, ["threshold", *words])


def said(database_url: str, *words: str) -> str:
    done = threshold(database_url, *words)
    assert done.exit_code == 0, done.exception
    return done.stdout


def test_a_threshold_is_set_listed_and_given_back(database_url: str) -> None:
    seed_judged_town(database_url)
    lamps = ("town", "unusual_value", "--asset-type", "street_light")
    assert said(database_url, "set", *lamps[:2], "1.5", *lamps[2:]) == (
        "unusual_value of type street_light: 1.5 times the model's threshold, held there\n"
    )
    assert said(database_url, "list").split("\t")[:5] == [
        "town",
        "unusual_value",
        "street_light",
        "1 to 1.5",
        "by_hand (held)",
    ]
    assert said(database_url, "release", *lamps) == (
        "unusual_value of type street_light: 1.5 times the model's threshold\n"
    )
    assert "of no asset (--asset-type names a type): 2 times" in said(database_url, "set", *lamps[:2], "2")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("town", "nonsense", "2"), "no threshold of 'nonsense' can be moved, only those of"),
        (("town", "unusual_value", "2", "--asset-type", "lamp"), "there is no type of asset 'lamp'"),
        (("town", "gas_leak", "2"), "safety"),
        (("nowhere", "unusual_value", "2"), "nowhere"),
    ],
)
def test_what_cannot_be_moved_is_refused_in_a_sentence(
    database_url: str, words: tuple[str, ...], sentence: str
) -> None:
    seed_judged_town(database_url)
    done = threshold(database_url, "set", *words)
    assert isinstance(done.exception, SettingError)
    assert sentence in str(done.exception)
    assert said(database_url, "list") == ""


@pytest.mark.parametrize("factor", ["-1", "0.5", "99", "nan", "two"])
def test_a_factor_out_of_its_bounds_is_refused(database_url: str, factor: str) -> None:
    done = threshold(database_url, "set", "town", "unusual_value", "--", factor)
    assert done.exit_code == 2
