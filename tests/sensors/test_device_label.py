"""Labels of devices as they are printed: LoRaWAN codes, bare EUIs, our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.device_label import LONGEST, DeviceLabel, LabelError, read_label

EUI = "aabbccddeeff0011"
# The example of TR005 1.0.0, section 4.1, with every field.
WHOLE = "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR:CAF2C"


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        WHOLE.lower(),
        WHOLE.removesuffix(":CAF2C"),
        "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122",
        "AABBCCDDEEFF0011",
        "aa-bb-cc-dd-ee-ff-00-11",
        "AA:BB:CC:DD:EE:FF:00:11",
        "AABB CCDD EEFF 0011",
        " DevEUI: AABBCCDDEEFF0011\n",
    ],
)
def test_an_eui_is_read_however_it_is_printed(text: str) -> None:
    assert read_label(text).names[:2] == (EUI, f"eui-{EUI}")


@pytest.mark.parametrize("text", [WHOLE.replace("0011", "0012"), WHOLE.replace("CAF2C", "C0000"), f"{WHOLE[:-1]}D"])
def test_a_code_that_was_misread_is_refused(text: str) -> None:
    with pytest.raises(LabelError, match="checksum"):
        read_label(text)


def test_our_own_label_is_the_id_alone_or_with_its_territory() -> None:
    assert read_label("Lamp-1204") == DeviceLabel(("lamp-1204",))
    assert read_label("vigie:val-de-tille/Lamp-1204") == DeviceLabel(("lamp-1204",), "val-de-tille")


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "x" * 129, "1" * (LONGEST + 1)])
def test_what_names_no_device_is_refused(text: str) -> None:
    with pytest.raises(LabelError, match="no device"):
        read_label(text)


@given(st.text(max_size=600))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert all(name for name in read_label(text).names)
    except LabelError:
        return
