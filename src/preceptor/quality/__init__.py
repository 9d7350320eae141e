"""Whether work is good: reviews by people. The words the doors speak stand here; the rest is in the rooms."""

from preceptor.quality.rules import EmptyReason, Verdict
from preceptor.quality.rules.back_pay import days_begun
from preceptor.quality.rules.held_back import HeldBack

__all__ = ["EmptyReason", "HeldBack", "Verdict", "days_begun"]
