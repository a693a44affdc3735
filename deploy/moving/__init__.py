"""A whole territory as open files, out of one server and into another."""
