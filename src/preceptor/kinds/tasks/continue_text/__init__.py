from preceptor.kinds.tasks.continue_text.kind import KIND

__all__ = ["KIND"]
