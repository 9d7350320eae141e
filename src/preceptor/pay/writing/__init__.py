"""Files about money: what banks and services take, and statements."""

from preceptor.pay.writing.payout_files import MissingPayerError, Payer, PayoutFile, PayoutLine, payer_of, write_payouts
from preceptor.pay.writing.statement_csv import statement_csv
from preceptor.pay.writing.statement_pdf import MOST_LINES, statement_pdf

__all__ = [
    "MOST_LINES",
    "MissingPayerError",
    "Payer",
    "PayoutFile",
    "PayoutLine",
    "payer_of",
    "statement_csv",
    "statement_pdf",
    "write_payouts",
]
