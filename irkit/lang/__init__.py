"""The playbook language: decoding, expressions, input types, lint rules and the JSON Schema."""
