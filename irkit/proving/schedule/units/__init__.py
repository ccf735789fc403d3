"""What lets a timer prove what is due, one kind a file: `documents(place)` returns the files."""
