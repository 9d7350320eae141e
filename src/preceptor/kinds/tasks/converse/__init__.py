from preceptor.kinds.tasks.converse.kind import KIND

__all__ = ["KIND"]
