"""Reports: a run's story as data, and its rendering through `templates/`."""
