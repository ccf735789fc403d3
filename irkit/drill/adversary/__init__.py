"""The intruder who fights back: real credentials, real requests, and a mind of its own."""
