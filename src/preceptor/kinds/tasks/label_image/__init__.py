from preceptor.kinds.tasks.label_image.kind import KIND

__all__ = ["KIND"]
