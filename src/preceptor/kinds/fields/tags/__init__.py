from preceptor.kinds.fields.tags.field import FIELD

__all__ = ["FIELD"]
