"""Text that a spreadsheet would run as a formula, made to be read as text.

Source: OWASP, CSV Injection; ASVS 5.0, 1.2.10. A cell of text that begins with `=`, `+`, `-`, `@`
(also in full width), a tab or a line break gets an apostrophe before it; numbers stay numbers.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_STARTS_A_FORMULA = "^[=+\\-@\t\r\n＝＋－＠]"


def neutralise(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows with every text that could be a formula behind an apostrophe."""
    for index, field in enumerate(batch.schema):
        if not pa.types.is_string(field.type):
            continue
        written = batch.column(index)
        if written.null_count == len(written):
            continue
        risky = pc.match_substring_regex(written, _STARTS_A_FORMULA)
        if pc.any(risky).as_py():
            behind = pc.binary_join_element_wise("'", written, "")
            batch = batch.set_column(index, field, pc.if_else(risky, behind, written))
    return batch
