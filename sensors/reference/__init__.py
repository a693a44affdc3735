"""What people know and enter: the fields of each kind of entry, and what can be wrong with them."""
