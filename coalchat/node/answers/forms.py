"""Forms of reports, as clients ask for them: what is here, and what its users bring or take away."""

from __future__ import annotations

from typing import Final

import attrs

from coalchat.api.events import MessageMarked
from coalchat.api.reports import AddForm, Form, FormAdded, FormField, FormList, FormRemoved, ListForms, RemoveForm
from coalchat.api.vocabulary import Precedence as PrecedenceWord
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.context import Context
from coalchat.node.forms import Known, judged, known_forms, own_wordings
from coalchat.node.journal import write_event
from coalchat.store.faces import Transaction
from protocol.base.limits import MAX_FORM_FILE
from protocol.messages.fields import FieldType, Need
from protocol.messages.reports import form_hash
from protocol.trust.credential import Precedence

RETOLD: Final = 500
"""Reports that clients are told to look at again, the newest ones: what is on a screen is among them."""


@attrs.define(eq=False)
class FormAnswers:
    """Handlers for forms."""

    context: Context = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {ListForms: self.list, AddForm: self.add, RemoveForm: self.remove}

    async def list(self, request: ListForms, session: Session) -> FormList:
        """All forms of this node."""
        del request, session
        return FormList(forms=tuple(map(form_noun, known_forms(self.context.store.read))))

    async def add(self, request: AddForm, session: Session) -> FormAdded:
        """Keep one, or only say whether it could be."""
        del session
        # Judged and kept in one write: of two clients that bring one version, one is told that it is here.
        form, new = judged(self.context.store.read, request.toml[: MAX_FORM_FILE + 1])
        if new and not request.check:
            now = self.context.now()

            def keep(tx: Transaction) -> bool:
                made, is_new = judged(tx, request.toml)
                if is_new:
                    tx.put_own_form(form_hash(made), made.packed)
                    _retell(tx, now, made.id)
                return is_new

            new = await self.context.store.write(keep)
        known = Known(form, form_hash(form), own=True, current=True)
        return FormAdded(form=form_noun(known), new=new and not request.check, reports=self._reports(form.id))

    async def remove(self, request: RemoveForm, session: Session) -> FormRemoved:
        """Forget one."""
        del session
        now = self.context.now()

        def forget(tx: Transaction) -> list[Known]:
            found = own_wordings(tx, request.form)
            for one in found:
                tx.drop_own_form(one.hash)
            _retell(tx, now, found[0].form.id)
            return found

        found = await self.context.store.write(forget)
        form = found[0].form.id
        return FormRemoved(id=form, wordings=len(found), reports=self._reports(form))

    def _reports(self, form: str) -> int:
        return self.context.store.read.count_reports(form)


def _retell(tx: Transaction, now: int, form: str) -> None:
    """What was said on a form is shown otherwise from now on."""
    for row in tx.reports(channel=None, form=form, before_position=tx.last_position() + 1, limit=RETOLD):
        write_event(tx, now, MessageMarked(channel_id=row.channel.hex(), entry_id=row.entry_id.hex()))


def form_noun(known: Known) -> Form:
    """A form as clients see it."""
    form = known.form
    return Form(
        id=form.id,
        version=form.version,
        title=form.title,
        aliases=form.aliases,
        precedence=PrecedenceWord(Precedence(form.precedence).name),
        parts=form.parts,
        ack=form.ack,
        fields=tuple(
            FormField(
                key=field.key,
                name=field.name,
                section=field.section,
                hint=field.hint,
                type=FieldType(field.type).name.lower(),
                need=Need(field.need).name.lower(),
                rows=field.rows,
                least=field.least,
                most=field.most,
                codes=field.codes,
            )
            for field in form.fields
        ),
        hash=known.hash.hex(),
        own=known.own,
        current=known.current,
    )
