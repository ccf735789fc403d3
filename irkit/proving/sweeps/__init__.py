"""Sweeps: tests that nobody has to think of, generated from a playbook and one of its cases."""
