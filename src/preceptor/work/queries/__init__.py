"""Reading work."""
