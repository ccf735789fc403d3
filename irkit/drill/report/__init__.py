"""The after-action report of a drill: one account as data, and its pages through `templates/`."""
