"""Breaks the system on purpose and looks for what was lost and what happened twice; see docs/chaos.md."""
