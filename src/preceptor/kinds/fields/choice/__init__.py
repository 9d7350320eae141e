from preceptor.kinds.fields.choice.field import FIELD

__all__ = ["FIELD"]
