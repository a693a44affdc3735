"""The tables of what can be measured, one per kind. Rows are read by `sensors.quantity`, never directly."""
