"""The operator's commands on a real PostgreSQL."""
