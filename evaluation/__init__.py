"""How well mail is understood: `make eval`."""
