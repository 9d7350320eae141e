"""Pages and addresses of pay: whose they are, what they say, and that they take hostile input."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from preceptor.lib.clock import utc_now
from preceptor.people.tables import Person, WebSession
from tests.conftest import PASSWORD
from tests.pay.conftest import IBAN


@pytest.fixture
def settings(settings):
    import msgspec

    return msgspec.structs.replace(
        settings, payer_name="Preceptor Häuser GmbH", payer_iban="DE89 3704 0044 0532 0130 00"
    )


FORM = {"currency": "EUR", "kind": "sepa", "holder": "Núria Pla", "account": IBAN}


async def test_from_method_to_paid_through_the_pages(house, as_role):
    trainer, maker, approver = await as_role("trainer"), await as_role("operator"), await as_role("manager")
    await house.earn(trainer.actor, 4321, at=utc_now() - timedelta(days=40))
    page = await trainer.get("/account/payout")
    assert "€43.21 wait for you" in page.text
    answer = await trainer.post("/account/payout", data=FORM | {"account": "ES00"})
    assert answer.status_code == 422
    assert "This is not an IBAN" in answer.text
    answer = await trainer.post("/account/payout", data=FORM)
    assert answer.status_code == 303
    page = await trainer.get("/account/payout")
    assert "ES •••• 1332" in page.text
    assert IBAN not in page.text
    due = await maker.get("/payouts")
    assert "€43.21" in due.text
    until = (utc_now() - timedelta(days=1)).date().isoformat()
    wrong = await maker.post("/payouts", data={"kind": "sepa", "currency": "EUR", "until": until, "minimum": "x"})
    assert wrong.status_code == 422
    nothing = await maker.post("/payouts", data={"kind": "wise", "currency": "EUR", "until": until})
    assert nothing.status_code == 409
    made = await maker.post("/payouts", data={"kind": "sepa", "currency": "EUR", "until": until, "minimum": "20"})
    assert made.status_code == 303, made.text
    where = made.headers["location"]
    assert "somebody else has to approve" in (await maker.get(where)).text
    assert (await maker.post(f"{where}/approve")).status_code == 403
    assert (await maker.get(f"{where}/file")).status_code == 409
    assert "Approve" in (await approver.get(where)).text
    assert (await approver.post(f"{where}/approve")).status_code == 303
    assert (await approver.post(f"{where}/export")).status_code == 403  # a manager moves no money
    assert (await maker.post(f"{where}/export")).status_code == 303
    file = await maker.get(f"{where}/file")
    assert file.headers["content-type"] == "application/xml"
    assert IBAN in file.text
    assert (await maker.post(f"{where}/sent")).status_code == 303
    assert "€43.21" in (await trainer.get("/earnings")).text
    for content in (b"\xff\xfe", b"nothing", b"reference,status\nX,paid\n"):
        answer = await maker.post(f"{where}/results", files={"file": ("results.csv", content)})
        assert answer.status_code == 303
    assert "Lines that fit no payout: 1" in (await maker.get(where)).text
    assert (await maker.post(f"{where}/paid")).status_code == 303
    assert "Settled" in (await maker.get(where)).text
    for path in ("/payouts", where, f"{where}/file"):
        assert (await trainer.get(path)).status_code == 403


async def test_statements_as_page_csv_and_pdf(house, as_role):
    trainer, manager, other = await as_role("trainer"), await as_role("manager"), await as_role("trainer")
    await house.earn(trainer.actor, 4321, at=utc_now())
    page = await trainer.get("/earnings/statement")
    assert "€43.21" in page.text
    assert (await trainer.get("/earnings/statement.csv")).text.count("\n") == 2
    pdf = await trainer.get("/earnings/statement.pdf")
    assert pdf.content.startswith(b"%PDF-")
    base = f"/people/{trainer.actor.person_id}/statement"
    for path in (base, f"{base}.csv", f"{base}.pdf"):
        assert (await manager.get(path)).status_code == 200
        assert (await other.get(path)).status_code == 404
    assert (await trainer.get("/earnings/statement?begins=2026-12-01&ends=2026-01-01")).status_code == 422
    assert (await trainer.get("/earnings/statement?begins=yesterday")).status_code == 422
    assert (await trainer.get("/earnings/statement?begins=0001-01-01&ends=9999-12-31")).status_code == 422
    assert (await trainer.get("/earnings/statement.csv?begins=9999-12-31")).status_code == 422
    assert "Nothing in this period" in (await trainer.get("/earnings/statement?begins=1999-12-01&ends=1999-12-31")).text


async def test_the_same_through_the_api(house, as_role):
    trainer, maker, approver = await as_role("trainer"), await as_role("operator"), await as_role("operator")
    await house.earn(trainer.actor, 1001, "KWD", at=utc_now() - timedelta(days=2))
    body = {"kind": "paypal", "holder": "Núria", "account": "nuria@example.org"}
    answer = await trainer.put("/api/v1/payout-methods/KWD", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["methods"][0]["hint"] == "n•••@example.org"
    assert (await trainer.put("/api/v1/payout-methods/XXX", json=body)).status_code == 422
    assert (await trainer.put("/api/v1/payout-methods/EUR", json=body | {"kind": "cash"})).status_code == 422
    wanted = {"kind": "paypal", "currency": "KWD", "period_end": utc_now().isoformat()}
    made = await maker.post("/api/v1/payouts", json=wanted)
    assert made.status_code == 201, made.text
    where = f"/api/v1/payouts/{made.json()['id']}"
    assert (await maker.post(f"{where}/approve")).json()["code"] == "own_approval"
    assert (await maker.post(f"{where}/export")).json()["code"] == "batch_state"
    assert (await approver.post(f"{where}/approve")).json()["state"] == "approved"
    file = await maker.post(f"{where}/export")
    assert file.text.startswith("nuria@example.org,1.001,KWD,")
    assert (await maker.post(f"{where}/sent")).json()["state"] == "sent"
    (payout,) = (await maker.get(f"{where}/payouts")).json()["payouts"]
    failed = await maker.post(f"{where}/payouts/{payout['id']}", json={"state": "failed", "reason": "unclaimed"})
    assert failed.json()["state"] == "failed"
    assert (await trainer.get("/api/v1/my-payouts")).json()["payouts"][0]["reason"] == "unclaimed"
    assert (await trainer.get("/api/v1/payout-methods")).json()["methods"][0]["held"] is True
    assert "was not collected in time" in (await trainer.get("/account/payout")).text
    assert (await trainer.post("/account/payout/confirm", data={"currency": "KWD"})).status_code == 303
    assert (await trainer.delete("/api/v1/payout-methods/KWD")).status_code == 204
    assert (await trainer.delete("/api/v1/payout-methods/KWD")).status_code == 404
    given = {"amount": {"amount": 5, "currency": "KWD"}, "reason": "The clock stood still."}
    path = f"/api/v1/people/{trainer.actor.person_id}"
    assert (await maker.post(f"{path}/adjustments", json=given)).status_code == 201
    assert (await trainer.post(f"{path}/adjustments", json=given)).status_code == 403
    source = (await maker.post(f"{path}/adjustments", json=given)).json()["source"]
    back = {"source": source, "reason": "It was booked twice."}
    for _ in range(2):
        assert (await maker.post(f"{path}/adjustments/reverse", json=back)).json()["sums"][0]["closing"] == 1006
    huge = {"amount": {"amount": 10**30, "currency": "KWD"}, "reason": "x"}
    assert (await maker.post(f"{path}/adjustments", json=huge)).status_code == 422
    naive = wanted | {"period_end": "2026-01-01T00:00:00"}
    assert (await maker.post("/api/v1/payouts", json=naive)).status_code == 422
    (total,) = (await trainer.get("/api/v1/statement")).json()["sums"]
    assert total["closing"] == 1006
    assert (await maker.get(f"{path}/statement")).json()["sums"] == [total]


async def test_an_amount_by_hand_through_the_page(house, as_role):
    trainer, operator, manager = await as_role("trainer"), await as_role("operator"), await as_role("manager")
    base = f"/people/{trainer.actor.person_id}"
    assert "Give an amount by hand" in (await operator.get(f"{base}/statement")).text
    assert "Give an amount by hand" not in (await manager.get(f"{base}/statement")).text
    form = {"amount": "12,50", "currency": "EUR", "reason": "The clock stood still."}
    for wrong in ({"amount": "x"}, {"amount": "1e999"}, {"amount": "-5"}, {"amount": "1.005"}, {"reason": ""}):
        answer = await operator.post(f"{base}/give", data=form | wrong)
        assert answer.status_code == 422, wrong
    assert (await manager.post(f"{base}/give", data=form)).status_code == 403
    assert (await operator.post(f"{base}/give", data=form)).status_code == 303
    page = await trainer.get("/earnings/statement")
    assert "€12.50" in page.text
    assert "The clock stood still." in page.text


async def test_a_browser_left_open_and_a_token_divert_nobodys_money(db, as_role, client):
    trainer = await as_role("trainer")
    token = (await trainer.post("/api/v1/tokens", json={"name": "script", "days": 2})).json()["secret"]
    body = {"kind": "sepa", "holder": "Mallory", "account": IBAN}
    answer = await client.put("/api/v1/payout-methods/EUR", json=body, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_fresh")
    async with db.write() as session:
        await session.execute(update(WebSession).values(created_at=utc_now() - timedelta(minutes=16)))
    answer = await trainer.put("/api/v1/payout-methods/EUR", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_fresh")
    assert 'name="confirm_password"' in (await trainer.get("/account/payout")).text
    for wrong, named in (("", "Show once more that it is you."), ("not it at all", "This is not your password.")):
        answer = await trainer.post("/account/payout", data={**FORM, "confirm_password": wrong})
        assert (answer.status_code, named in answer.text) == (422, True)
        assert f'value="{FORM["account"]}"' in answer.text, "what was typed stands"
        assert "not it at all" not in answer.text
    assert (await trainer.get("/api/v1/payout-methods")).json()["methods"] == []
    typo = {**FORM, "account": "ES00 0000", "confirm_password": PASSWORD}
    answer = await trainer.post("/account/payout", data=typo)
    assert (answer.status_code, 'value="ES00 0000"' in answer.text) == (422, True)
    assert 'name="confirm_password"' not in answer.text, "they have shown it by now"
    assert (await trainer.post("/account/payout", data=FORM)).headers["location"] == "/account/payout"
    assert "ES •••• 1332" in (await trainer.get("/account/payout")).text


async def test_wrong_passwords_with_the_form_are_counted_as_failed_sign_ins(db, as_role):
    trainer = await as_role("trainer")
    async with db.write() as session:
        await session.execute(update(WebSession).values(created_at=utc_now() - timedelta(minutes=16)))
    for _attempt in range(10):
        answer = await trainer.post("/account/payout", data={**FORM, "confirm_password": "not it at all"})
        assert "This is not your password." in answer.text
    answer = await trainer.post("/account/payout", data={**FORM, "confirm_password": PASSWORD})
    assert (answer.status_code, "Too many failed attempts" in answer.text) == (422, True)


async def test_who_has_no_password_confirms_in_another_tab(db, as_role):
    trainer = await as_role("trainer")
    async with db.write() as session:
        await session.execute(update(WebSession).values(created_at=utc_now() - timedelta(minutes=16)))
        await session.execute(update(Person).values(password_hash=None))
    answer = await trainer.post("/account/payout", data={**FORM, "confirm_password": PASSWORD})
    assert (answer.status_code, 'target="_blank"' in answer.text) == (422, True)
    assert f'value="{FORM["account"]}"' in answer.text


async def test_a_new_address_is_confirmed_in_its_form(db, as_role):
    trainer = await as_role("trainer")
    async with db.write() as session:
        await session.execute(update(WebSession).values(created_at=utc_now() - timedelta(minutes=16)))
    answer = await trainer.post("/account/email", data={"email": "new@example.org"})
    assert (answer.status_code, 'value="new@example.org"' in answer.text) == (422, True)
    answer = await trainer.post("/account/email", data={"email": "new@example.org", "confirm_password": PASSWORD})
    assert (answer.status_code, "Two mails are on their way" in answer.text) == (200, True)
