"""Why a message or a part of it could not be used: a closed set of reasons, each with a sentence in both languages."""

from enum import StrEnum

from sensors.language import Language

SHOWN_CHARACTERS = 200


class Reason(StrEnum):
    """Stable codes: they are stored, counted, published in receipts and never renamed."""

    UNKNOWN_TOPIC = "unknown_topic"
    UNKNOWN_TERRITORY = "unknown_territory"
    TERRITORY_MISMATCH = "territory_mismatch"
    NOT_ALLOWED = "not_allowed"
    UNKNOWN_DEVICE = "unknown_device"
    TOO_LARGE = "too_large"
    INVALID_UTF8 = "invalid_utf8"
    INVALID_JSON = "invalid_json"
    INVALID_BINARY = "invalid_binary"
    WRONG_SHAPE = "wrong_shape"
    CODEC_FAILED = "codec_failed"
    NO_VALUE = "no_value"
    UNKNOWN_QUANTITY = "unknown_quantity"
    WRONG_UNIT = "wrong_unit"
    NOT_A_NUMBER = "not_a_number"
    NOT_FINITE = "not_finite"
    OUT_OF_RANGE = "out_of_range"
    TIME_INVALID = "time_invalid"
    TIME_TOO_OLD = "time_too_old"
    TIME_IN_FUTURE = "time_in_future"
    CONFLICTING_VALUE = "conflicting_value"

    @property
    def permanent(self) -> bool:
        """Say whether the same bytes can never be stored, whatever is mended in Vigie's registry or decoders."""
        return self not in _MENDABLE

    def sentence(self, language: Language, *, device: str = "", quantity: str = "", detail: str = "") -> str:
        """Say it to a technician. `detail` is what was found and expected, in figures rather than in words."""
        french, english = _SENTENCES[self]
        text = french if language == "fr" else english
        facts = ", ".join(dict.fromkeys(fact for fact in (device, quantity, detail) if fact))
        return f"{text} ({facts})" if facts else text


class DecodeError(ValueError):
    """A whole message could not be decoded. The only error a decoder may raise."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


def shown(text: str) -> str:
    """Make foreign text fit to store and to show: printable, one line, at most 200 characters."""
    short = text[:SHOWN_CHARACTERS]
    return (
        short if short.isprintable() else "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in short)
    )


def shown_value(value: object) -> str:
    """Say what was there instead of a value; of a list or object only its kind, because it may be endless or deep."""
    if isinstance(value, list | tuple | dict):
        return f"{type(value).__name__}, {len(value)}"
    return shown(repr(value))


# What a person can mend on Vigie's side; the kept message is then replayed.
_MENDABLE = frozenset(
    {
        Reason.UNKNOWN_TOPIC,
        Reason.UNKNOWN_TERRITORY,
        Reason.TERRITORY_MISMATCH,
        Reason.NOT_ALLOWED,
        Reason.UNKNOWN_DEVICE,
        Reason.CODEC_FAILED,
        Reason.UNKNOWN_QUANTITY,
        Reason.WRONG_UNIT,
    }
)

_SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.UNKNOWN_TOPIC: (
        "Aucun format n'est prévu pour ce sujet MQTT : vérifiez la configuration de la passerelle.",
        "No format is declared for this MQTT topic: check the gateway's settings.",
    ),
    Reason.UNKNOWN_TERRITORY: (
        "Ce territoire n'existe pas dans Vigie.",
        "This territory does not exist in Vigie.",
    ),
    Reason.TERRITORY_MISMATCH: (
        "L'appareil appartient à un autre territoire que celui du message.",
        "The device belongs to another territory than the one in the message.",
    ),
    Reason.NOT_ALLOWED: (
        "L'émetteur n'a pas le droit de publier pour cet appareil.",
        "The sender is not allowed to publish for this device.",
    ),
    Reason.UNKNOWN_DEVICE: (
        "L'appareil n'est pas encore enregistré : acceptez-le, ses messages gardés seront repris.",
        "The device is not registered yet: accept it, and its kept messages will be replayed.",
    ),
    Reason.TOO_LARGE: (
        "Le message est trop gros : envoyez les valeurs en plusieurs messages.",
        "The message is too large: send the values in several messages.",
    ),
    Reason.INVALID_UTF8: (
        "Le texte n'est pas en UTF-8 : l'encodage réglé dans la passerelle est faux, ou le message est abîmé.",
        "The text is not UTF-8: the gateway's encoding is set wrongly, or the message is damaged.",
    ),
    Reason.INVALID_JSON: (
        "Le message n'est pas du JSON valable : il est coupé ou mal écrit par la passerelle.",
        "The message is not valid JSON: it is cut short or badly written by the gateway.",
    ),
    Reason.INVALID_BINARY: (
        "La trame binaire est coupée ou n'est pas dans le format attendu.",
        "The binary frame is cut short or not in the expected format.",
    ),
    Reason.WRONG_SHAPE: (
        "Le message est lisible mais ses champs ne sont pas ceux attendus.",
        "The message is readable but its fields are not those expected.",
    ),
    Reason.CODEC_FAILED: (
        "Le décodeur de ce modèle d'appareil a échoué : corrigez-le, puis reprenez le message.",
        "The decoder of this device model failed: mend it, then replay the message.",
    ),
    Reason.NO_VALUE: (
        "Le message ne contient aucune valeur.",
        "The message holds no value.",
    ),
    Reason.UNKNOWN_QUANTITY: (
        "Cette grandeur n'est pas connue de Vigie : corrigez son nom ou ajoutez une correspondance.",
        "Vigie does not know this quantity: correct its name or add a mapping.",
    ),
    Reason.WRONG_UNIT: (
        "L'unité envoyée ne convient pas à cette grandeur.",
        "The unit that was sent does not fit this quantity.",
    ),
    Reason.NOT_A_NUMBER: (
        "La valeur n'est pas un nombre : un nombre s'écrit sans guillemets.",
        "The value is not a number: numbers are written without quotes.",
    ),
    Reason.NOT_FINITE: (
        "La valeur est NaN ou infinie : le capteur n'a pas pu mesurer.",
        "The value is NaN or infinite: the sensor could not measure.",
    ),
    Reason.OUT_OF_RANGE: (
        "La valeur est impossible pour cette grandeur : capteur en panne, ou mauvaise unité.",
        "The value is impossible for this quantity: broken sensor, or wrong unit.",
    ),
    Reason.TIME_INVALID: (
        "La date n'est pas comprise : il faut une date ISO 8601 avec décalage ou Z, ou des secondes Unix.",
        "The time is not understood: it must be ISO 8601 with an offset or Z, or Unix seconds.",
    ),
    Reason.TIME_TOO_OLD: (
        "La date est antérieure à l'an 2000 : l'horloge de l'appareil n'a pas été mise à l'heure.",
        "The time is before the year 2000: the device's clock was never set.",
    ),
    Reason.TIME_IN_FUTURE: (
        "La date est plus d'un jour dans le futur : l'horloge de l'appareil est fausse.",
        "The time is more than a day in the future: the device's clock is wrong.",
    ),
    Reason.CONFLICTING_VALUE: (
        "Une autre valeur est déjà enregistrée pour le même instant : la première est gardée.",
        "Another value is already stored for the same instant: the first one stands.",
    ),
}
