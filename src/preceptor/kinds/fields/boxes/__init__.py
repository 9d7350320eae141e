from preceptor.kinds.fields.boxes.field import FIELD

__all__ = ["FIELD"]
