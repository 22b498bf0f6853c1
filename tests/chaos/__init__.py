"""Chaos: its tools, and a short dose of it."""
