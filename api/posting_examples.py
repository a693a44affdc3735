"""Examples of `POST /v1/messages` for the OpenAPI document; the tests post each of them."""

NATIVE_EXAMPLE = {"at": "2026-03-01T06:00:00Z", "values": {"active_power": 41.5, "L1/voltage": 231.2}}
SENML_EXAMPLE = [
    {"bn": "lamp-1:", "bt": 1772344800, "n": "active_power", "u": "W", "v": 41.5},
    {"n": "active_power", "u": "W", "t": 600, "v": 41.7},
]
LIST_EXAMPLES = {
    "several messages, each with its device and format": {
        "value": {
            "messages": [
                {"format": "native", "device": "lamp-1", "payload": NATIVE_EXAMPLE},
                {"format": "senml_json", "payload": SENML_EXAMPLE},
                {"format": "cayenne", "device": "bin-7", "payload_base64": "AWcBEA==", "id": "bin-7-000123"},
            ]
        }
    }
}
REFUSAL_EXAMPLE = {
    "reason": "unknown_device",
    "n": 2,
    "detail": "lamp-9",
    "device": "lamp-9",
    "sentence_fr": "L'appareil n'est pas encore enregistré : acceptez-le, ses messages gardés seront repris. (lamp-9)",
    "sentence_en": "The device is not registered yet: accept it, and its kept messages will be replayed. (lamp-9)",
}
RESULT_EXAMPLE = {
    "messages": [
        {"index": 0, "status": "stored", "stored": 2, "duplicate": 0, "rejected": [], "is_repeatable": True},
        {"index": 1, "status": "duplicate", "stored": 0, "duplicate": 2, "rejected": [], "is_repeatable": True},
        {
            "index": 2,
            "status": "rejected",
            "stored": 0,
            "duplicate": 0,
            "rejected": [REFUSAL_EXAMPLE],
            "is_repeatable": True,
        },
    ]
}
REFUSED_EXAMPLE = {
    "type": "/problems/parameters-cannot-be-used",
    "title": "Parameters cannot be used",
    "status": 422,
    "detail": f"{REFUSAL_EXAMPLE['sentence_en']} It is kept: do not send it again.",
    "instance": "/v1/messages",
    "messages": [{**RESULT_EXAMPLE["messages"][2], "index": 0}],
}
