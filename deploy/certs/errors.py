"""What can go wrong with certificates."""


class CertificateError(Exception):
    """A certificate cannot be made, found or read."""

    exit_code = 16
