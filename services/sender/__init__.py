"""Step 1: sends due e-mails once and announces silence."""
