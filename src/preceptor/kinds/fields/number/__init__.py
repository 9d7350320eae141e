from preceptor.kinds.fields.number.field import FIELD

__all__ = ["FIELD"]
