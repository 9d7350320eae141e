"""Changing work: the queue, assignments, drafts, time, answers."""
