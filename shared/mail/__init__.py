"""E-mail itself: parsing what arrives, and the connections that carry what leaves."""
