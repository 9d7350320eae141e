"""Reading hiring."""
