"""Preflight: is everything there that this playbook will need tonight? Looked at, never changed."""
