"""Step 2: watches mailboxes and announces replies."""
