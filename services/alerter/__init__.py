"""Step 7: tells humans."""
