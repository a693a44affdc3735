"""Acceptance of a batch of new sensors: watched for some days, checked one by one, told in a signed list."""
