"""The model: frozen values and pure rules. No I/O, no clock, no randomness, no environment."""
