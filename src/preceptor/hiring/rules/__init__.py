"""What may be decided about hiring."""
