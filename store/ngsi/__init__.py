"""Entities of NGSI-LD in the store: those that the registry tells of, and those that clients wrote."""
