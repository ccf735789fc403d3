"""The checks of a preflight, one a file: `look(site)` yields what it found."""
