"""The rows of hiring."""
