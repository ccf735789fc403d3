"""Tests of playbooks: the file beside a playbook, the run in a world of its own, what is judged."""
