"""`make soak`: the whole chain for a while under a town, and whether anything grows that should stay flat."""
