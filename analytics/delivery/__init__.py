"""What ought to have come and did not: expected messages, gaps, and who is to answer for each."""
