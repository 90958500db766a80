"""Forms of the users' own and half-filled reports, in the store."""

from __future__ import annotations

from coalchat.store.faces import Transaction
from coalchat.store.writer import Store
from tests.store.makers import ident

FORM, OTHER = ident("form", 32), ident("other", 32)


async def test_a_wording_is_kept_once_and_never_changed(store: Store) -> None:
    def keep(tx: Transaction) -> tuple[bool, ...]:
        return (tx.put_own_form(FORM, b"one"), tx.put_own_form(FORM, b"two"), tx.put_own_form(OTHER, b"other"))

    assert await store.write(keep) == (True, False, True)
    assert store.read.own_form(FORM) == b"one"
    assert sorted(store.read.own_forms()) == [b"one", b"other"]
    assert await store.write(lambda tx: (tx.drop_own_form(FORM), tx.drop_own_form(FORM))) == (True, False)
    assert store.read.own_forms() == [b"other"]
    assert store.read.own_form(FORM) is None


async def test_drafts_of_reports_are_apart_from_forms_and_from_other_drafts(store: Store) -> None:
    channel, second = ident("channel"), ident("channel 2")

    def keep(tx: Transaction) -> None:
        tx.put_own_form(FORM, b"form")
        tx.set_draft(channel, "", "a text")
        tx.set_report_draft(channel, "SALUTE", b"half")
        tx.set_report_draft(channel, "SALUTE", b"more")
        tx.set_report_draft(second, "SALUTE", b"elsewhere")

    await store.write(keep)
    assert sorted(store.read.report_drafts()) == [b"elsewhere", b"more"]
    assert store.read.report_draft(channel, "SALUTE") == b"more"
    assert store.read.report_draft(channel, "SITREP") is None
    assert store.read.own_forms() == [b"form"]
    assert store.read.drafts() == [(channel, "", "a text")]
    await store.write(lambda tx: tx.set_report_draft(channel, "SALUTE", b""))
    assert store.read.report_drafts() == [b"elsewhere"]
    assert store.read.drafts() == [(channel, "", "a text")]
