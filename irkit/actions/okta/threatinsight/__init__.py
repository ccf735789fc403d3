"""Actions on ThreatInsight."""
