"""What can be wrong with a question."""

from store.errors import StoreError


class QuestionError(StoreError):
    """The question cannot be asked so."""


class UnsupportedError(StoreError):
    """The standard knows this, Vigie does not do it."""
