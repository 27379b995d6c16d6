"""Arrow columns from codes and word lists, without a Python object a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def at_moments(us: np.ndarray) -> pa.Array:
    """Microseconds of the epoch as timestamps."""
    return pa.array(us.astype(np.int64)).cast(pa.timestamp("us"))


def pick_words(words: Sequence[str], at: np.ndarray) -> pa.Array:
    """The word at each index of a short list."""
    return pa.array(list(words), pa.string()).take(pa.array(at))


def words_at(words: np.ndarray, place: np.ndarray, missing: str = "") -> pa.Array:
    """The word of each place, whose number is -1 where there is none."""
    # The list begins with what is said where there is no place, whose number is -1.
    return pick_words([missing, *words.tolist()], place.astype(np.int64) + 1)


def join_words(*parts: pa.Array | pa.ChunkedArray | str) -> Any:
    """Texts put together, row by row; a plain word stands in every row."""
    return pc.binary_join_element_wise(*parts, "")


def repeat_word(word: str, n: int) -> pa.Array:
    """One word in every row."""
    return pa.repeat(pa.scalar(word), n)
