"""The form on which anybody reports a fault of the street."""
