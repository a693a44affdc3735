"""Texts in files that people open with a spreadsheet, which takes a text that begins so for a formula and runs it."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Put an apostrophe before what would be taken for a formula.

    >>> harmless("=1+1"), harmless("Rue Haute")
    ("'=1+1", 'Rue Haute')
    """
    return f"'{text}" if text.startswith(FORMULA) else text
