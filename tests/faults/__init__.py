"""The whole chain with real services while a seeded schedule of faults strikes it: `make faults`."""
