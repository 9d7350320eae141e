from preceptor.kinds.fields.rating.field import FIELD

__all__ = ["FIELD"]
