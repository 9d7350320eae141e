"""Task kinds and form fields: the pure floor. Values in, verdicts out; no database and no web.

- `content`: typed content between kinds and formats.
- `shown`, `findings`, `agreement`, `labels`, `reading`: the words kinds and fields are written in.
- `field`, `task`: what a field and a task kind have to say about themselves.
- `registry`: finds them through entry points.
- `fields/`, `tasks/`: the built-in ones, a folder each.
"""
