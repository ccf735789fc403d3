"""What undo must restore, one module a service."""
