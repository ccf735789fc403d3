"""Reads about administrators."""
