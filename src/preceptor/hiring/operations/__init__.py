"""Changing hiring."""
