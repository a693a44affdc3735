"""The reference page names all that the registries hold."""

from pathlib import Path

import pytest

from sensors.asset import AssetType
from sensors.quantity import QUANTITIES, Quantity
from sensors.rejection import Reason
from sensors.types import asset_types

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
QUANTITY_LINES = (REFERENCE / "quantities.md").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("quantity", QUANTITIES.values(), ids=lambda quantity: quantity.name)
def test_reference_describes_every_quantity(quantity: Quantity) -> None:
    lines = [line for line in QUANTITY_LINES if line.startswith(f"| `{quantity.name}` |")]
    assert len(lines) == 1
    facts = [quantity.name_en, quantity.name_fr, *(f"{code.number} `{code.slug}`" for code in quantity.codes)]
    if quantity.kind != "state":
        facts += [f"`{quantity.unit}`", f"{quantity.low:g} … {quantity.high:g}", f"| {quantity.longest_hold_s:g} |"]
    assert [fact for fact in facts if fact not in lines[0]] == []


@pytest.mark.parametrize("asset_type", asset_types().values(), ids=lambda asset_type: asset_type.name)
def test_reference_describes_every_asset_type(asset_type: AssetType) -> None:
    start = QUANTITY_LINES.index(f"### `{asset_type.name}`")
    end = next((i for i, line in enumerate(QUANTITY_LINES) if i > start and line.startswith("###")), None)
    section = "\n".join(QUANTITY_LINES[start:end])
    wanted = [f"`{o.channel}/{o.quantity}`" if o.channel else f"`{o.quantity}`" for o in asset_type.quantities]
    wanted += [f"`{attribute.name}`" for attribute in asset_type.attributes]
    assert [name for name in (*wanted, asset_type.name_en, asset_type.name_fr) if name not in section] == []


@pytest.mark.parametrize("reason", Reason)
def test_the_format_page_names_every_reason(reason: Reason) -> None:
    assert f"`{reason.value}`" in (REFERENCE / "native-format.md").read_text(encoding="utf-8")
