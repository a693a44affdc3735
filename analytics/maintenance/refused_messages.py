"""A device whose messages cannot be read again and again: damaged, cut, of another shape (`refusals`)."""

from analytics.maintenance.refusals import Advice, refusal_hint
from sensors.rejection import Reason

REASONS = (
    *(Reason.TOO_LARGE, Reason.INVALID_UTF8, Reason.INVALID_JSON, Reason.INVALID_BINARY, Reason.WRONG_SHAPE),
    *(Reason.CODEC_FAILED, Reason.NO_VALUE, Reason.UNKNOWN_QUANTITY, Reason.WRONG_UNIT),
)
ADVICE = Advice(
    "look at the payloads in the quarantine; check firmware, codec and radio link.",
    "regarder les messages en quarantaine ; contrôler le micrologiciel, le décodeur et la liaison radio.",
)

HINT = refusal_hint("refused_messages", REASONS, ADVICE)
