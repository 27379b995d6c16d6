"""The texts of synthetic incidents: every one of them says that it is made up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cop.demo.columns import at_moments, join_words, pick_words, repeat_word, words_at
from cop.demo.places import Places
from cop.feeds import ALL as FEEDS
from cop.model.text import fold
from cop.model.vocabulary import ACTS, hazards

TYPES = ("tanker", "bulk carrier", "container ship", "fishing vessel", "tug", "general cargo ship")
FLAGS = ("Panama", "Liberia", "Marshall Islands", "Singapore", "Malta", "Greece", "Norway", "")
STATES = ("anchored", "underway", "berthed", "drifting", "moored")


def write_words(
    places: Places,
    place: np.ndarray,
    numbers: np.ndarray,
    codes: dict[str, np.ndarray],
    rng: np.random.Generator,
) -> dict[str, pa.Array]:
    """Text columns, every one of them plainly synthetic; `search_text` as `fold` makes it."""
    n = len(place)
    written = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 8, "0")
    reference = join_words("DEMO-", written)
    kind, flag, state = (rng.integers(0, len(of), n) for of in (TYPES, FLAGS, STATES))
    hazard = {term.code: term.label for term in hazards()}
    labels = [hazard.get(code, "") for code in range(256)]
    name = join_words("EXAMPLE ", written)
    # No IMO number begins with a nought, so that none of these is a ship's.
    imo = join_words("0", pc.utf8_slice_codeunits(written, 2))
    spot = words_at(places.names, place, "no position")
    spot_folded = words_at(places.folded, place, "no position")
    act = pick_words(["", *ACTS.slugs], codes["act"].astype(np.int64))
    ship, anchored = pick_words(TYPES, kind), pick_words(STATES, state)

    def tell(label: pa.Array, named: pa.Array, where: pa.Array, folded: bool) -> list[pa.Array]:
        title = join_words("DEMO ", label, ": ", ship, " ", named, " off ", where)
        said = join_words(
            "Synthetic, not a real event: ", label, ", ", act, "; vessel ", anchored, "."
        )
        return [pc.ascii_lower(text) if folded else text for text in (title, said)]

    label = pick_words(labels, codes["hazard"].astype(np.int64))
    folded_label = pick_words([fold(text) for text in labels], codes["hazard"].astype(np.int64))
    title, summary = tell(label, name, spot, False)
    title_low, summary_low = tell(folded_label, name, spot_folded, True)
    lowered = (title_low, summary_low, pc.ascii_lower(name), imo, pc.ascii_lower(reference))
    source = pick_words(["", *(feed.id for feed in FEEDS)], codes["source"].astype(np.int64))
    return {
        "incident_id": join_words(source, "-", reference),
        "reference": reference,
        "title": title,
        "summary": summary,
        "type": label,
        "place": spot,
        "vessel_name": name,
        "vessel_type": ship,
        "vessel_flag": pick_words(FLAGS, flag),
        "vessel_imo": imo,
        "vessel_mmsi": join_words("00", pc.utf8_slice_codeunits(written, 1)),
        "vessel_call_sign": repeat_word("", n),
        "vessel_status": anchored,
        "search_text": pc.binary_join_element_wise(*lowered, "\n"),
    }


def write_facts(occurred: np.ndarray, where: dict[str, Any]) -> pa.Array:
    """What is compared to tell updated from unchanged, as JSON."""
    day = at_moments(occurred).cast(pa.date32()).cast(pa.string())
    return join_words('{"date": "', day, '", "position": "', where["position_written"], '"}')
