from preceptor.kinds.tasks.custom_form.kind import KIND

__all__ = ["KIND"]
