"""The commands of `cam`, one module for each word after it."""
