"""What Vigie is made of, and whether something known is wrong with it."""
