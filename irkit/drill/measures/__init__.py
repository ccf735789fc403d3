"""What a drill is measured by: pure functions over its records and the runs in it."""
