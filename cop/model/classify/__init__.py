"""Say what a report was: hazard type, act status and severity, each with the rule that said so.

The rules are words and tables in `data/taxonomy/classify.toml` and `severity.toml`; see
`docs/classification.md` for how they are read and how to add one.
"""

from cop.model.classify.judge import Texts, classify, read_rules, read_signals, texts_of

__all__ = ["Texts", "classify", "read_rules", "read_signals", "texts_of"]
