from preceptor.kinds.tasks.review_conversation.kind import KIND

__all__ = ["KIND"]
