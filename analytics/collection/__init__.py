"""Collection of waste: how containers fill, which lifts the plan's rounds made or left out, and what that saved."""
