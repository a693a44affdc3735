"""What people write is kept without by what they could be reached, and otherwise as it is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.scrub import TAKEN_OUT, scrub


@pytest.mark.parametrize(
    "secret",
    [
        "marie.dupont@exemple.fr", "m+x@mail.exemple.co.uk", "marie (at) exemple.fr", "marie [arobase] exemple.fr",
        "marie arobase exemple.fr", "06 12 34 56 78", "0612345678", "06.12.34.56.78", "06-12-34-56-78",
        "+33 6 12 34 56 78", "+33 (0)3 80 12 34 56", "(03) 80 12 34 56", "0033612345678", "+32 475 12 34 56",
        "03\u00a080\u00a012\u00a034\u00a056",
    ],
)  # fmt: skip
def test_addresses_and_telephones_are_taken_out(secret: str) -> None:
    assert scrub(f"Lampe éteinte, appelez {secret} merci") == f"Lampe éteinte, appelez {TAKEN_OUT} merci"


@pytest.mark.parametrize(
    "text",
    [
        "", "Lampe 1204 éteinte depuis 3 jours", "n° 12-34 bis", "conteneur plein @ l'école", "fuite de 2,5 m3 environ",
        "depuis le 12/05/2026", "RD 974, PR 12+345", "code 1234567", "entre 18 h 30 et 23 h 15",
    ],
)  # fmt: skip
def test_all_else_stays(text: str) -> None:
    assert scrub(text) == text


@given(st.text(max_size=200), st.from_regex(r"0[1-9]( \d\d){4}", fullmatch=True), st.text(max_size=200))
def test_no_telephone_stays_between_whatever_words(before: str, secret: str, after: str) -> None:
    assert secret not in scrub(f"{before} {secret} {after}")


@given(st.text(alphabet=st.sampled_from("ab@. -+()0123456789\n"), max_size=500))
def test_twice_is_once(text: str) -> None:
    once = scrub(text)
    assert scrub(once) == once
    assert not re.search(r"\d{9}", once)
