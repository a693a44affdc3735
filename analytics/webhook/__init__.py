"""Changes of work orders sent to webhooks out of the outbox, signed, tried again later and later."""
