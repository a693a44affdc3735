"""How well heat is made: what comes out of what goes in, day by day."""
