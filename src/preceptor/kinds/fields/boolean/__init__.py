from preceptor.kinds.fields.boolean.field import FIELD

__all__ = ["FIELD"]
