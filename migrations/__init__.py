"""Alembic: one database, one history."""
