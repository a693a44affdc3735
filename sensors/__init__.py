"""Pure knowledge of the field, no I/O: quantities, units, asset types, payload formats, device decoders."""
