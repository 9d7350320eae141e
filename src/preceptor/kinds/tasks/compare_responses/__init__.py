from preceptor.kinds.tasks.compare_responses.kind import KIND

__all__ = ["KIND"]
