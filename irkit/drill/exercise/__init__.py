"""Playing a drill: its world, its time, what happens when, and who responds."""
