"""Broker to store: session, intake, batch, writer, receipts. A message is acknowledged after its commit."""
