"""Whether work is good: reviews by people. The words the doors speak stand here; the rest is in the rooms."""

from preceptor.quality.rules import Verdict

__all__ = ["Verdict"]
