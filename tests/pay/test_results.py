"""What banks and services report about a batch, taken over from their files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.errors import InvalidError
from preceptor.pay.operations import PayoutStateError, take_results
from preceptor.pay.rules import FailureReason, MethodKind, PayoutState, payout_reference
from preceptor.pay.rules.results import read_results
from tests.pay.conftest import NOW


def test_tables_as_others_write_them():
    paypal = 'Payout item,Customer ID,Transaction Status\n1,abc,Completed\n2,"DEF",Unclaimed\n3,GHI,Returned\n'
    assert [(one.reference, one.state) for one in read_results(paypal)] == [
        ("ABC", PayoutState.PAID),
        ("GHI", PayoutState.RETURNED),
    ]
    own = "\ufeffreference;state;reason\r\nABC;failed;account_closed\r\nDEF;failed;no such reason\r\n"
    assert [one.reason for one in read_results(own)] == [FailureReason.ACCOUNT_CLOSED, FailureReason.REFUSED]


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "reference\nx\n", "x" * 300_000, 'reference,"state\n' + "x" * 200_000]
)
def test_what_is_no_such_table(text):
    with pytest.raises(InvalidError):
        list(read_results(text))


@given(st.text())
def test_no_text_breaks_it(text):
    for one in ("", "reference,state\n"):
        try:
            list(read_results(one + text))
        except InvalidError:
            continue


async def test_a_file_marks_each_payout_once(house, make_person):
    people = [await make_person("trainer") for _ in range(4)]
    for number, person in enumerate(people):
        await house.earn(person, 100 + number, "USD")
        await house.method(person, "USD", MethodKind.PAYPAL)
    batch_id = await house.make("USD", MethodKind.PAYPAL)
    await house.approve(batch_id)
    references = [payout_reference(row[0]) for row in await house.payouts(batch_id)]
    states = ("Completed", "Failed", "Returned", "Pending")
    text = "Reference,Status\n" + "".join(f"{one},{state}\n" for one, state in zip(references, states, strict=True))
    asked = {"actor": house.maker, "batch_id": batch_id, "text": text + "ANOTHER,Completed\n", "now": NOW}
    with pytest.raises(PayoutStateError):
        await house.write(take_results, **asked)
    await house.send(batch_id)
    taken = await house.write(take_results, **asked)
    assert (taken.paid, taken.failed, taken.returned, taken.unknown) == (1, 1, 1, 1)
    again = await house.write(take_results, **asked)
    assert (again.paid, again.failed, again.returned, again.unknown) == (0, 0, 0, 1)
    assert [row[3] for row in await house.payouts(batch_id)] == ["paid", "failed", "returned", "open"]
    late = await house.write(take_results, **asked | {"text": f"reference,status\n{references[1]},Completed\n"})
    assert (late.paid, late.unknown, late.after_all) == (0, 0, 1)
