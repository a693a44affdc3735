"""A private authority for the certificates of broker, database, API and gateways: made, renewed and revoked here."""
