"""The endpoints, one file per resource: a new file here is a new endpoint, without registration."""
