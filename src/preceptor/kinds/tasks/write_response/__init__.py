from preceptor.kinds.tasks.write_response.kind import KIND

__all__ = ["KIND"]
