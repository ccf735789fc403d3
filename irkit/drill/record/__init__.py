"""The records of a drill in the trail, and what they add up to."""
