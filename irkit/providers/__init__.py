"""The systems irkit talks to: per provider a gateway (two protocols) and its live form."""
