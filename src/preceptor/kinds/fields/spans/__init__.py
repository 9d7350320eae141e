from preceptor.kinds.fields.spans.field import FIELD

__all__ = ["FIELD"]
