from preceptor.kinds.fields.text.field import FIELD

__all__ = ["FIELD"]
