"""Files about money: what banks and services take, and statements."""

from preceptor.pay.writing.payout_files import MissingPayerError, Payer, PayoutFile, PayoutLine, payer_of, write_payouts

__all__ = ["MissingPayerError", "Payer", "PayoutFile", "PayoutLine", "payer_of", "write_payouts"]
