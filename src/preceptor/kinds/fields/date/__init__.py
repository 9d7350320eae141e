from preceptor.kinds.fields.date.field import FIELD

__all__ = ["FIELD"]
