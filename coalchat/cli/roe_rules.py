"""Rules as a person types them: `104 B|LIMITED|text|area`: number, option and words are the person's own."""

from __future__ import annotations

from coalchat.api.roe import RoeRule, RoeVerb
from coalchat.errors import UsageError


def typed_rules(given: list[str] | None) -> tuple[RoeRule, ...]:
    """Rules in words. Raises: UsageError, as `rule_of`."""
    return tuple(rule_of(text) for text in given or ())


def rule_of(text: str) -> RoeRule:
    """A rule as a person types it: `104 B|LIMITED|Halt and search of vehicles|AREA BLUE`, or only its number.

    Raises:
        UsageError: it has not this form.
    """
    head, *rest = (part.strip() for part in text.split("|"))
    number, _, option = head.partition(" ")
    verbs = [verb.name for verb in RoeVerb if verb is not RoeVerb.NONE]
    if number and not rest:
        return RoeRule(number=number, option=option.strip(), verb=RoeVerb.NONE, text="", specify="")
    if not number or len(rest) not in {2, 3} or rest[0].upper() not in verbs:
        hint = f'write it as "104 B|LIMITED|text|area"; the verb is one of {", ".join(verbs)}'
        raise UsageError(f"{text!r} is not a rule", hint=hint)
    return RoeRule(
        number=number,
        option=option.strip(),
        verb=RoeVerb(rest[0].upper()),
        text=rest[1],
        specify=rest[2] if len(rest) > 2 else "",
    )


def numbers_of(given: list[str] | None) -> tuple[RoeRule, ...]:
    """Rules that are named by their numbers only."""
    none = RoeVerb.NONE
    return tuple(RoeRule(number=text.strip(), option="", verb=none, text="", specify="") for text in given or ())
