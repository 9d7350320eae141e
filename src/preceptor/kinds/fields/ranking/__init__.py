from preceptor.kinds.fields.ranking.field import FIELD

__all__ = ["FIELD"]
