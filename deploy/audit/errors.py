"""What can go wrong with an audit."""


class AdvisoryError(Exception):
    """The advisories cannot be used."""

    exit_code = 2
