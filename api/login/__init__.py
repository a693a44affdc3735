"""Logging in: with a name and a password, or at an identity provider; the session is a cookie."""
