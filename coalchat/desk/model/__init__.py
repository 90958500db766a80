"""The view model of the desk: pure, without textual, a loop or a clock.

`desk` is the door: the state, and what each step makes of it; `changes` is what a step gives back, `views` are the
records that are painted. Behind the door, each knowing only those before it:

- `safe` the one way in for texts of peers, `words` times and counts, `labels` labels and marks, `commands` what a slash
  begins
- `coalition` node, policy, nations, channels; `log` the messages of a channel; `arrivals` how all channels are kept up with
- `receipts` who has it, `lines` from a message to its line, `timeline` the shown channel and its splices, `deadlines`
- `composing` drafts and their labels, `refusal` the ways on
- `state` all of it joined
- `sending`, `acts`, `obeying` what the person does; `intake`, `news` what the node says; `overview`, `choosing` the views
"""
