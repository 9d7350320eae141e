from preceptor.kinds.tasks.rate_responses.kind import KIND

__all__ = ["KIND"]
