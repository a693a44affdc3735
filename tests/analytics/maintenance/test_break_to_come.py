"""Mains that will break: a drawn network whose rates are known, and what is told of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.maintenance import Span, break_to_come
from analytics.maintenance.break_to_come import Register
from analytics.water_mains.features import know, watched_from
from analytics.water_mains.model import FewBreaksError, foretell, prior_rate, shape_of, train
from analytics.water_mains.network import MATERIALS, OTHER_MATERIAL, Breaks, Floats, Mains, material_code
from analytics.water_mains.ranking import catch_lately, caught, order_by_metre
from analytics.water_mains.registered import network_of
from store.mains import Break, Main

N_MAINS, SINCE, UNTIL = 1500, 2000, 2020
CAST_IRON, PVC = MATERIALS.index("CI"), MATERIALS.index("PVC")


def draw_network(seed: int = 1) -> tuple[Mains, Breaks, Floats]:
    """Mains of cast iron and PVC with a rate of their own each [1/a], and twenty years of breaks."""
    draws = np.random.default_rng(seed)
    is_iron = draws.random(N_MAINS) < 0.4
    length_m = draws.uniform(20, 200, N_MAINS)
    rate = length_m / 1000 * np.where(is_iron, 0.5, 0.02) * draws.gamma(0.8, 1 / 0.8, N_MAINS)
    mains = Mains(
        laid=np.where(is_iron, draws.uniform(1930, 1965, N_MAINS), draws.uniform(1975, 1999, N_MAINS)),
        length_m=length_m,
        diameter_mm=np.full(N_MAINS, 150.0),
        material=np.where(is_iron, CAST_IRON, PVC),
        street=draws.integers(0, 300, N_MAINS),
        district=draws.integers(0, 10, N_MAINS),
    )
    counts = draws.poisson(rate * (UNTIL - SINCE))
    main = np.repeat(np.arange(N_MAINS), counts)
    at = draws.uniform(SINCE, UNTIL, len(main))
    order = np.argsort(at)
    return mains, Breaks(at[order], main[order], mains.street[main[order]]), rate


def test_expected_breaks_are_those_drawn() -> None:
    """Totals within four standard deviations of a Poisson count."""
    mains, breaks, rate = draw_network()
    told = foretell(mains, breaks, UNTIL)
    assert told.refusal is None
    n_breaks = len(breaks.at)
    assert told.rate.sum() == pytest.approx(rate.sum(), rel=4 / np.sqrt(n_breaks))
    likely = told.rate > np.quantile(told.rate, 0.8)
    assert told.rate[likely].sum() == pytest.approx(rate[likely].sum(), rel=0.2)
    assert (told.low <= told.rate).all()
    assert (told.rate <= told.high).all()


@pytest.mark.parametrize("seed", [1, 4, 8])
def test_intervals_hold_what_they_promise(seed: int) -> None:
    """Of networks on which a shape by moments gave intervals that held three quarters."""
    mains, breaks, rate = draw_network(seed)
    told = foretell(mains, breaks, UNTIL)
    likely = told.rate > np.quantile(told.rate, 0.8)
    inside = (told.low <= rate) & (rate <= told.high)
    assert 0.8 <= inside[likely].mean() <= 1.0


def test_list_catches_more_than_age_and_length() -> None:
    mains, breaks, rate = draw_network(2)
    told = foretell(mains, breaks, UNTIL)
    by_age = order_by_metre((UNTIL - mains.laid) * mains.length_m, mains.length_m)
    own, plain = (
        caught(order, rate, mains.length_m, 0.1) for order in (order_by_metre(told.rate, mains.length_m), by_age)
    )
    assert own > plain + 0.1


def test_nothing_after_the_instant_is_looked_at() -> None:
    mains, breaks, _ = draw_network()
    before = foretell(mains, breaks.before(2015), 2015)
    assert np.array_equal(foretell(mains, breaks, 2015).rate, before.rate)


def test_what_is_learnt_is_the_same_each_time() -> None:
    mains, breaks, _ = draw_network()
    first, second = train(mains, breaks, UNTIL), train(mains, breaks, UNTIL)
    assert np.array_equal(first.weights, second.weights)


def test_replaced_main_starts_anew() -> None:
    """Its breaks before it was laid count for the others in its street alone."""
    mains, breaks, _ = draw_network()
    worst = int(np.bincount(breaks.main).argmax())
    laid = mains.laid.copy()
    laid[worst] = 2018.0
    renewed = replace(mains, laid=laid, material=np.where(np.arange(mains.n) == worst, PVC, mains.material))
    before, after = (foretell(one, breaks, UNTIL) for one in (mains, renewed))
    assert after.n_breaks[worst] < before.n_breaks[worst] / 2
    assert after.rate[worst] < before.rate[worst] / 3
    assert know(renewed, breaks, 2017.0, SINCE).mains.tolist() == [n for n in range(mains.n) if n != worst]


def test_too_few_breaks_give_the_prior_of_the_material_marked_so() -> None:
    mains, breaks, _ = draw_network()
    few = Breaks(breaks.at[:20], breaks.main[:20], breaks.street[:20])
    with pytest.raises(FewBreaksError, match="20 breaks"):
        train(mains, few, UNTIL)
    told = foretell(mains, few, UNTIL)
    assert told.refusal is not None
    untouched = np.setdiff1d(np.arange(mains.n), few.main)
    iron, plastic = (untouched[mains.material[untouched] == one] for one in (CAST_IRON, PVC))
    assert (told.rate / mains.length_m)[iron].mean() > 5 * (told.rate / mains.length_m)[plastic].mean()
    assert told.rate[few.main].min() > np.median(told.rate)


@pytest.mark.parametrize(
    ("name", "code"),
    [("CI", CAST_IRON), ("fonte grise", CAST_IRON), ("PEHD", MATERIALS.index("HDPE")), (None, OTHER_MATERIAL)],
)
def test_materials_are_known_by_their_names(name: str | None, code: int) -> None:
    assert material_code(name) == code
    assert 1e-6 < prior_rate(code) < 1e-3  # per metre and year


def test_stray_early_entries_are_not_the_begin_of_watching() -> None:
    at = np.concatenate([[1985.2, 1987.5], np.linspace(1997, 2009.9, 1300)])
    nowhere = np.full(len(at), -1)
    assert watched_from(Breaks(at, nowhere, nowhere)) == 1997.0


def test_shape_of_gamma_mixed_counts() -> None:
    draws = np.random.default_rng(5)
    n_breaks = draws.integers(0, 4, 200_000).astype(float)
    expected = np.full(len(n_breaks), 0.5)
    shape = 2.0 + n_breaks
    counts = draws.poisson(expected * draws.gamma(shape, 1 / shape)).astype(float)
    assert shape_of(counts, expected, n_breaks) == pytest.approx(2.0, rel=0.15)


def test_pipes_that_do_not_fit_into_the_length_are_not_counted() -> None:
    n_breaks, length_m = np.array([4.0, 3.0, 2.0, 1.0]), np.array([10.0, 20.0, 30.0, 40.0])
    assert caught(np.arange(4), n_breaks, length_m, 0.3) == pytest.approx(0.7)
    assert caught(np.arange(4), n_breaks, length_m, 0.29) == pytest.approx(0.4)
    assert np.isnan(caught(np.arange(4), np.zeros(4), length_m, 0.3))


def a_register(seed: int = 1) -> Register:
    """The drawn network as people would have entered it, one main retired."""
    mains, breaks, _ = draw_network(seed)
    names = {CAST_IRON: "fonte grise", PVC: "PVC"}
    entered = [
        Main(n + 1, f"Conduite {n}", laid, length, 150.0, names[code], f"Rue {street}", f"{district}", None)
        for n, (laid, length, code, street, district) in enumerate(
            zip(mains.laid.tolist(), mains.length_m.tolist(), mains.material.tolist(), mains.street.tolist(),
                mains.district.tolist(), strict=True)
        )
    ]  # fmt: skip
    entered[7] = replace(entered[7], retired_at=datetime(2019, 5, 1, tzinfo=UTC))
    instants = [datetime(int(at), 1, 1, tzinfo=UTC) + timedelta(days=365.25 * (at % 1)) for at in breaks.at.tolist()]
    return Register(entered, [Break(int(n) + 1, at) for n, at in zip(breaks.main, instants, strict=True)])


def a_span() -> Span:
    end = datetime(UNTIL, 1, 1, tzinfo=UTC)
    return Span(end - timedelta(days=28), end, "Europe/Paris", (end,))


def test_top_of_the_list_is_told_and_the_rest_is_not() -> None:
    register = a_register()
    verdicts = break_to_come.tell(register, a_span())
    told = [verdict for verdict in verdicts if verdict.is_present]
    assert 0 < len(told) < N_MAINS / 50
    lengths = {main.asset_id: main.length_m or 0.0 for main in register.mains}
    assert sum(lengths[one.asset_id or 0] for one in told) <= 0.01 * sum(lengths.values())
    assert {verdict.asset_id for verdict in verdicts} == {main.asset_id for main in register.mains} - {8}
    for verdict in told:
        assert verdict.evidence is not None
        assert verdict.evidence["breaks_a_year"] >= 0.1
        assert verdict.score > 5
        assert "To do:" in verdict.sentence_en
        assert "À faire :" in verdict.sentence_fr
        assert "(s)" not in verdict.sentence_fr
        assert " fois la moyenne du réseau" in verdict.sentence_fr


def test_model_in_use_tells_and_one_that_knows_the_sequel_is_not_asked() -> None:
    """What a model learnt later has no part in what is told of an earlier instant."""
    mains, breaks, _ = draw_network()
    model = train(mains, breaks, UNTIL)
    bolder = replace(model, intercept=model.intercept + 1.0)
    assert foretell(mains, breaks, UNTIL, bolder).rate.sum() > 2 * foretell(mains, breaks, UNTIL).rate.sum()
    early = [foretell(mains, breaks, 2015, known).rate for known in (bolder, None)]
    assert np.array_equal(*early)


def test_lists_of_the_last_years_are_counted_as_they_were_made() -> None:
    """A tenth of the length holds far more than a tenth of the breaks, and no list knew its year."""
    mains, breaks, _ = draw_network()
    catch = catch_lately(mains, breaks, UNTIL)
    assert catch is not None
    assert (catch.n_years, catch.n_breaks) == (3, int((breaks.at >= UNTIL - 3).sum()))
    shares = [catch.share_by_length[share] for share in (0.01, 0.05, 0.1)]
    assert shares == sorted(shares)
    assert 0.2 < shares[-1] < 0.8
    told = foretell(mains, breaks, UNTIL - 1)
    counts = np.bincount(breaks.main[breaks.at >= UNTIL - 1], minlength=mains.n).astype(float)
    only_last = caught(order_by_metre(told.rate, mains.length_m), counts, mains.length_m, 0.1)
    assert only_last == pytest.approx(shares[-1], abs=0.15)
    assert catch_lately(mains, breaks.before(SINCE + 1), SINCE + 1) is None


def test_finding_says_what_such_lists_held_lately() -> None:
    caught_before = {"percent_by_length_percent": {"1": 8.5}, "n_breaks": 90, "n_years": 3}
    told = [one for one in break_to_come.tell(replace(a_register(), caught=caught_before), a_span()) if one.is_present]
    assert told
    for verdict in told:
        assert verdict.evidence is not None
        assert verdict.evidence["caught"] == caught_before
        assert verdict.sentence_en.endswith("held 8.5 % of the breaks of the last 3 years in 1 % of the length.")
        assert verdict.sentence_fr.endswith(
            "En 3 ans, de telles listes contenaient 8,5 % des ruptures dans 1 % du linéaire."
        )


def test_nothing_is_said_without_breaks_or_without_mains() -> None:
    register = a_register()
    verdicts = break_to_come.tell(Register(register.mains, register.breaks[:30]), a_span())
    assert {verdict.is_present for verdict in verdicts} == {None}
    assert break_to_come.tell(Register([], []), a_span()) == []
    gone = [replace(main, retired_at=a_span().begins_at) for main in register.mains]
    assert break_to_come.tell(Register(gone, register.breaks), a_span()) == []


def test_retired_mains_speak_for_their_street() -> None:
    register = a_register()
    pipes, breaks = network_of(register.mains, register.breaks)
    assert pipes.n == N_MAINS - 1
    of_retired = [one for one in register.breaks if one.asset_id == 8]
    assert (breaks.main == -1).sum() == len(of_retired)
    assert (breaks.street >= 0).all()
