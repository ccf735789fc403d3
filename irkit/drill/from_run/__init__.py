"""A scenario from a run of a real incident: what was done in it, by nobody who is real."""
