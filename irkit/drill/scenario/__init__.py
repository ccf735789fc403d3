"""Scenarios: what an exercise consists of, read from strict YAML and checked."""
