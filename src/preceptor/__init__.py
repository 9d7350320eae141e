"""Preceptor: the open platform on which people teach language models."""
