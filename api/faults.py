"""What forms show of a refusal, in both languages."""


def faults(sentence_fr: str, sentence_en: str, field: str = "") -> dict[str, object]:
    """Give the member of a problem that forms show: what is wrong with a field, "" for the whole."""
    return {"faults": [{"field": field, "sentence_fr": sentence_fr, "sentence_en": sentence_en}]}
