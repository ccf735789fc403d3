"""From a person's sign-on to everything that came of it in AWS."""
