"""NGSI-LD (ETSI GS CIM 009): how its requests are read and its answers are written."""
