"""The compiled passes over rows: which blocks, which rows, what they add up to.

All run without the interpreter's lock, so that two threads share the blocks of one question.
A row is *sound* where the conditions without a code hold (time, box, picked by text or shape, not
replaced), and *met* where the tables of all three dictionaries allow its codes as well.
"""

# mypy: disallow-untyped-defs=False
# Numba takes the types from the arrays it is called with; `Segment` and `Cubes` name them.

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit as _njit

# Cached beside this file, or in the user's cache where that may not be written to.
compiled: Any = _njit(nogil=True, cache=True)

DAY_US = 86_400_000_000
# What a block may have beside the rows asked for, added up: rows of other times, of other places.
ALL, UNTIMELY, OUTSIDE = 0, 1, 2
# Places in the array of totals that `count_rows` gives back.
COUNT, LOCATED, LAST_DAY, RECORDED_DAY, FIRST_AT, NEWEST_AT, RECORDED_AT, N_TOTALS = range(8)
MOST_SLOTS = 8_192


@compiled
def choose_blocks(
    degrees, times, regions, missing, box, spans, since, until, wanted, chosen, states
):
    """Number the blocks that may hold sound rows; `states` says what else each has.

    `degrees` has a row a block: lon min, lon max, lat min, lat max; `times`: occurred min, max,
    last min, max, recorded min, max. `box` is (asked, south, north), `wanted` a mask of regions.
    """
    found = 0
    for n in range(len(times)):
        if regions[n] & wanted == 0:
            continue
        if times[n, 3] < since or times[n, 0] >= until:
            continue
        state = ALL
        if times[n, 2] < since or times[n, 1] >= until:
            state |= UNTIMELY
        if box[0] != 0.0:
            if degrees[n, 3] < box[1] or degrees[n, 2] > box[2]:
                continue
            touched = inside = False
            for s in range(len(spans)):
                if degrees[n, 1] >= spans[s, 0] and degrees[n, 0] <= spans[s, 1]:
                    touched = True
                if degrees[n, 0] >= spans[s, 0] and degrees[n, 1] <= spans[s, 1]:
                    inside = True
            if not touched:
                continue
            if not inside or missing[n] != 0 or degrees[n, 2] < box[1] or degrees[n, 3] > box[2]:
                state |= OUTSIDE
        chosen[found] = n
        states[found] = state
        found += 1
    return found


@compiled
def _bounds(box, spans):
    """South, north, and west and east of the first span, where nothing lies in none."""
    if len(spans) == 0:
        return box[1], box[2], np.inf, -np.inf
    return box[1], box[2], spans[0, 0], spans[0, 1]


# The passes test a row in their own words: a function that is given arrays, even one compiled into
# its caller, counts references to them at each call and takes three times as long as the test.


@compiled
def count_rows(
    chosen, states, starts, stops, times, missing,
    a, b, c, occurred, last, recorded, lon, lat,
    dead, block_dead, mask,
    box, spans, since, until, day_ago,
    ok_a, ok_b, ok_c, severity_a,
    first_day, bucket_of,
    by_a, by_b, by_c, timeline, totals, rows,
):  # fmt: skip
    """Add the rows of the chosen blocks to the counts.

    `by_a[code]` counts the sound rows with that code of the first dictionary which the other two
    allow, and so for `by_b` and `by_c`: from these every facet follows. `timeline` has eight places
    a bucket, by severity; `bucket_of` numbers the bucket of each day from `first_day` (days since
    1970) on. A row before `since` counts there. The met rows are numbered into `rows`, unless that
    is empty.
    """
    picked, replaced = len(mask) > 0, len(dead) > 0
    south, north, west, east = _bounds(box, spans)
    numbered = len(rows) > 0
    # Sums in variables of their own: what lies in an array is read back at every row.
    found = located = in_day = recorded_in_day = 0
    first, newest, latest = totals[FIRST_AT], totals[NEWEST_AT], totals[RECORDED_AT]
    for k in range(len(chosen)):
        n = chosen[k]
        state = states[k]
        look = replaced and block_dead[n] != 0
        last_all, last_any = times[n, 2] >= day_ago, times[n, 3] >= day_ago
        recorded_all, recorded_any = times[n, 4] >= day_ago, times[n, 5] >= day_ago
        found_before, lost = found, 0
        at_end = times[n, 0] < first or times[n, 1] > newest or times[n, 5] > latest
        for i in range(starts[n], stops[n]):
            if (picked and mask[i] == 0) or (look and dead[i] != 0):
                continue
            if state & OUTSIDE:
                x, y = lon[i], lat[i]
                if not (y >= south and y <= north):
                    continue
                inside = x >= west and x <= east
                for s in range(1, len(spans)):
                    inside |= x >= spans[s, 0] and x <= spans[s, 1]
                if not inside:
                    continue
            if state & UNTIMELY and (last[i] < since or occurred[i] >= until):
                continue
            code_a, code_b, code_c = a[i], b[i], c[i]
            fa, fb, fc = ok_a[code_a], ok_b[code_b], ok_c[code_c]
            if fa & fb & fc:
                by_a[code_a] += 1
                by_b[code_b] += 1
                by_c[code_c] += 1
                if numbered:
                    rows[found] = i
                found += 1
                at = occurred[i]
                if at_end:
                    first, newest = min(first, at), max(newest, at)
                    latest = max(latest, recorded[i])
                day = np.int64(np.uint64(max(at, since) - first_day * DAY_US) // np.uint64(DAY_US))
                timeline[bucket_of[day], severity_a[code_a]] += 1
                if missing[n] != 0 and lon[i] != lon[i]:
                    lost += 1
                if last_any and not last_all and last[i] >= day_ago:
                    in_day += 1
                if recorded_any and not recorded_all and recorded[i] >= day_ago:
                    recorded_in_day += 1
            elif fb & fc:
                by_a[code_a] += 1
            elif fa & fc:
                by_b[code_b] += 1
            elif fa & fb:
                by_c[code_c] += 1
        here = found - found_before
        located += here - lost
        in_day += here if last_all else 0
        recorded_in_day += here if recorded_all else 0
    totals[COUNT] += found
    totals[LOCATED] += located
    totals[LAST_DAY] += in_day
    totals[RECORDED_DAY] += recorded_in_day
    totals[FIRST_AT], totals[NEWEST_AT], totals[RECORDED_AT] = first, newest, latest


@compiled
def _slot_of(key, found, most, slots, keys, counts, lon_sum, lat_sum, newest,
             by_severity, by_domain):  # fmt: skip
    """The number of a cell, a new one blank; -1 where there is no room for it."""
    slot = (key * 2_654_435_761 >> 7) & (MOST_SLOTS - 1)
    while slots[slot] >= 0 and keys[slots[slot]] != key:
        slot = (slot + 1) & (MOST_SLOTS - 1)
    here = np.int64(slots[slot])
    if here < 0 and found < most:
        here = np.int64(found)
        slots[slot] = here
        keys[here] = key
        counts[here] = 0
        lon_sum[here] = lat_sum[here] = 0.0
        newest[here] = np.iinfo(np.int64).min
        by_severity[here, :] = 0
        by_domain[here, :] = 0
    return here


@compiled
def gather_cells(
    chosen, states, starts, stops,
    a, b, c, occurred, last, lon, lat, cell,
    dead, block_dead, mask,
    box, spans, since, until,
    ok_a, ok_b, ok_c, severity_a, domain_a, quarter, quarters,
    shift, most,
    keys, counts, lon_sum, lat_sum, newest, by_severity, by_domain,
):  # fmt: skip
    """Sum met rows by `cell >> shift`; how many cells there are, or -1 where above `most`.

    `quarters[cell >> quarter]` is 0 where the rows of a coarse cell are left to others.
    Rows lie in space order, so a cell is looked up once a run, not once a row.
    """
    slots = np.full(MOST_SLOTS, -1, np.int32)
    picked, replaced = len(mask) > 0, len(dead) > 0
    south, north, west, east = _bounds(box, spans)
    found = 0
    here = current = np.int64(-1)
    for k in range(len(chosen)):
        n = chosen[k]
        state = states[k]
        look = replaced and block_dead[n] != 0
        for i in range(starts[n], stops[n]):
            if (picked and mask[i] == 0) or (look and dead[i] != 0):
                continue
            if not (ok_a[a[i]] & ok_b[b[i]] & ok_c[c[i]]):
                continue
            if state & OUTSIDE:
                x, y = lon[i], lat[i]
                if not (y >= south and y <= north):
                    continue
                inside = x >= west and x <= east
                for s in range(1, len(spans)):
                    inside |= x >= spans[s, 0] and x <= spans[s, 1]
                if not inside:
                    continue
            if state & UNTIMELY and (last[i] < since or occurred[i] >= until):
                continue
            if quarters[np.int64(cell[i]) >> quarter] == 0:
                continue
            key = np.int64(cell[i]) >> shift
            if key != current:
                current = key
                here = _slot_of(key, found, most, slots, keys, counts, lon_sum, lat_sum, newest,
                                by_severity, by_domain)  # fmt: skip
                if here < 0:
                    return -1
                found = max(found, here + 1)
            counts[here] += 1
            # A cell beside the antimeridian lies west of the date line.
            lon_sum[here] += -180.0 if lon[i] == 180.0 else lon[i]
            lat_sum[here] += lat[i]
            newest[here] = max(newest[here], occurred[i])
            by_severity[here, severity_a[a[i]]] += 1
            by_domain[here, domain_a[a[i]]] += 1
    return found


@compiled
def gather_rows(
    rows, a, occurred, lon, lat, cell, box, spans, severity_a, domain_a, shift, most,
    keys, counts, lon_sum, lat_sum, newest, by_severity, by_domain,
):  # fmt: skip
    """The same of numbered rows: those of them with a position in the box."""
    slots = np.full(MOST_SLOTS, -1, np.int32)
    found = 0
    here = current = np.int64(-1)
    south, north, west, east = _bounds(box, spans)
    # Of a run of rows in one cell, which lie in space order, the sums stay out of the arrays.
    n, x_sum, y_sum, latest = 0, 0.0, 0.0, np.iinfo(np.int64).min
    for k in range(len(rows)):
        i = rows[k]
        x, y = lon[i], lat[i]
        if not (y >= south and y <= north):
            continue
        inside = x >= west and x <= east
        for s in range(1, len(spans)):
            inside |= x >= spans[s, 0] and x <= spans[s, 1]
        if not inside:
            continue
        key = np.int64(cell[i]) >> shift
        if key != current:
            if n:
                counts[here] += n
                lon_sum[here] += x_sum
                lat_sum[here] += y_sum
                newest[here] = max(newest[here], latest)
                n, x_sum, y_sum, latest = 0, 0.0, 0.0, np.iinfo(np.int64).min
            current = key
            here = _slot_of(key, found, most, slots, keys, counts, lon_sum, lat_sum, newest,
                            by_severity, by_domain)  # fmt: skip
            if here < 0:
                return -1
            found = max(found, here + 1)
        code = a[i]
        n += 1
        # A cell beside the antimeridian lies west of the date line.
        x_sum += -180.0 if x == 180.0 else x
        y_sum += y
        latest = max(latest, occurred[i])
        by_severity[here, severity_a[code]] += 1
        by_domain[here, domain_a[code]] += 1
    if n:
        counts[here] += n
        lon_sum[here] += x_sum
        lat_sum[here] += y_sum
        newest[here] = max(newest[here], latest)
    return found


@compiled
def find_rows(
    chosen, states, starts, stops,
    a, b, c, occurred, last, lon, lat,
    dead, block_dead, mask,
    box, spans, since, until,
    ok_a, ok_b, ok_c, unlocated,
    rows,
):  # fmt: skip
    """Number the met rows into `rows`; how many were found, also beyond what `rows` holds.

    `unlocated` asks only for those without a position.
    """
    picked, replaced = len(mask) > 0, len(dead) > 0
    south, north, west, east = _bounds(box, spans)
    found = 0
    for k in range(len(chosen)):
        n = chosen[k]
        state = states[k]
        look = replaced and block_dead[n] != 0
        for i in range(starts[n], stops[n]):
            if (picked and mask[i] == 0) or (look and dead[i] != 0):
                continue
            if not (ok_a[a[i]] & ok_b[b[i]] & ok_c[c[i]]):
                continue
            if state & OUTSIDE:
                x, y = lon[i], lat[i]
                if not (y >= south and y <= north):
                    continue
                inside = x >= west and x <= east
                for s in range(1, len(spans)):
                    inside |= x >= spans[s, 0] and x <= spans[s, 1]
                if not inside:
                    continue
            if state & UNTIMELY and (last[i] < since or occurred[i] >= until):
                continue
            if unlocated and lon[i] == lon[i]:
                continue
            if found < len(rows):
                rows[found] = i
            found += 1
    return found


@compiled
def sum_zones(starts, stops, lon, lat, occurred, last, recorded, region_b, b,
              degrees, times, regions, missing):  # fmt: skip
    """The bounds of each block, for `choose_blocks`."""
    for n in range(len(starts)):
        degrees[n, 0] = degrees[n, 2] = np.inf
        degrees[n, 1] = degrees[n, 3] = -np.inf
        times[n, 0::2] = np.iinfo(np.int64).max
        times[n, 1::2] = np.iinfo(np.int64).min
        for i in range(starts[n], stops[n]):
            if lon[i] == lon[i] and lat[i] == lat[i]:
                degrees[n, 0] = min(degrees[n, 0], lon[i])
                degrees[n, 1] = max(degrees[n, 1], lon[i])
                degrees[n, 2] = min(degrees[n, 2], lat[i])
                degrees[n, 3] = max(degrees[n, 3], lat[i])
            else:
                missing[n] = 1
            times[n, 0] = min(times[n, 0], occurred[i])
            times[n, 1] = max(times[n, 1], occurred[i])
            times[n, 2] = min(times[n, 2], last[i])
            times[n, 3] = max(times[n, 3], last[i])
            times[n, 4] = min(times[n, 4], recorded[i])
            times[n, 5] = max(times[n, 5], recorded[i])
            regions[n] |= np.uint64(1) << np.uint64(region_b[b[i]] & 63)


@compiled
def fill_cubes(a, b, c, slot, month, lon, lat, occurred,
               ab, ac, at, group_count, group_lon, group_lat, group_newest):  # fmt: skip
    """Count all rows by pairs of codes, by month, and by coarse cell (`slot` -1: no position)."""
    for i in range(len(a)):
        ab[a[i], b[i]] += 1
        ac[a[i], c[i]] += 1
        at[a[i], month[i]] += 1
        s = slot[i]
        if s >= 0:
            group_count[s, a[i]] += 1
            group_lon[s, a[i]] += -180.0 if lon[i] == 180.0 else lon[i]
            group_lat[s, a[i]] += lat[i]
            if occurred[i] > group_newest[s, a[i]]:
                group_newest[s, a[i]] = occurred[i]


@compiled
def fill_known(a, b, c, lon, lat, occurred, slice_of, month, slot, class_of, n_c, severity_a,
               domain_a, by_b, by_month, by_slice, located, cell_severity, cell_domain,
               cell_lon, cell_lat, cell_newest, ends, recorded):  # fmt: skip
    """Count all rows by class and code of how they are known; see `known.Known`."""
    for i in range(len(a)):
        row = class_of[a[i]] * n_c + c[i]
        by_b[row, b[i]] += 1
        by_month[row, month[i] * 8 + severity_a[a[i]]] += 1
        by_slice[row, slice_of[i]] += 1
        located[row] += lon[i] == lon[i]
        ends[row, 0] = min(ends[row, 0], occurred[i])
        ends[row, 1] = max(ends[row, 1], occurred[i])
        ends[row, 2] = max(ends[row, 2], recorded[i])
        s = slot[i]
        if s >= 0:
            cell_severity[row, s * 8 + severity_a[a[i]]] += 1
            cell_domain[row, s * 8 + domain_a[a[i]]] += 1
            cell_lon[row, s] += -180.0 if lon[i] == 180.0 else lon[i]
            cell_lat[row, s] += lat[i]
            cell_newest[row, s] = max(cell_newest[row, s], occurred[i])


@compiled
def bound_codes(a, occurred, recorded, ends):
    """First and newest `occurred`, newest `recorded` by code of the first dictionary."""
    for i in range(len(a)):
        ends[a[i], 0] = min(ends[a[i], 0], occurred[i])
        ends[a[i], 1] = max(ends[a[i], 1], occurred[i])
        ends[a[i], 2] = max(ends[a[i], 2], recorded[i])


@compiled
def max_allowed(table, codes, most):
    """Raise `most` to the rows `codes` of a table."""
    for m in range(len(codes)):
        row = table[codes[m]]
        for n in range(len(row)):
            most[n] = max(most[n], row[n])


@compiled
def sum_groups(asked, codes, severity_a, domain_a, group_count, group_lon, group_lat, group_newest,
               counts, lon_sum, lat_sum, newest, by_severity, by_domain):  # fmt: skip
    """Sum the coarse cells numbered `asked` over the allowed `codes` of the first dictionary."""
    for k in range(len(asked)):
        s = asked[k]
        for m in range(len(codes)):
            code = codes[m]
            count = group_count[s, code]
            if count:
                counts[k] += count
                lon_sum[k] += group_lon[s, code]
                lat_sum[k] += group_lat[s, code]
                newest[k] = max(newest[k], group_newest[s, code])
                by_severity[k, severity_a[code]] += count
                by_domain[k, domain_a[code]] += count


@compiled
def number_hashes(hashes, table):
    """Put the number of each hash, plus one, into an open-addressing table; 0 is empty.

    The table's length is a power of two above the number of hashes.
    """
    width = np.uint64(len(table) - 1)
    for n in range(len(hashes)):
        slot = hashes[n] & width
        while table[slot] != 0:
            slot = (slot + np.uint64(1)) & width
        table[slot] = n + 1


@compiled
def match_hashes(wanted, hashes, table, numbers):
    """The number of each wanted hash by a table of `number_hashes`; -1 where there is none."""
    width = np.uint64(len(table) - 1)
    for k in range(len(wanted)):
        slot = wanted[k] & width
        numbers[k] = -1
        while table[slot] != 0:
            n = np.int64(table[slot]) - 1
            if hashes[n] == wanted[k]:
                numbers[k] = n
                break
            slot = (slot + np.uint64(1)) & width


@compiled
def find_numbered(wanted, hashes, row_of, table, rows):
    """Number the rows with wanted hashes by a table of their places; how many there are."""
    found = 0
    width = np.uint64(len(table) - 1)
    for k in range(len(wanted)):
        slot = wanted[k] & width
        while table[slot] != 0:
            row = row_of[table[slot] - 1]
            if hashes[row] == wanted[k]:
                if found < len(rows):
                    rows[found] = row
                found += 1
            slot = (slot + np.uint64(1)) & width
    return found


@compiled
def find_hashes(hashes, table, rows):
    """Number the rows whose hash stands in `table`, open addressing, 0 empty; how many."""
    found = 0
    width = np.uint64(len(table) - 1)
    for i in range(len(hashes)):
        h = hashes[i]
        slot = h & width
        while table[slot] != 0:
            if table[slot] == h:
                if found < len(rows):
                    rows[found] = i
                found += 1
                break
            slot = (slot + np.uint64(1)) & width
    return found


@compiled
def mark_blocks(mask, starts, stops, marked):
    """Mark the blocks that have a picked row."""
    for n in range(len(starts)):
        for i in range(starts[n], stops[n]):
            if mask[i] != 0:
                marked[n] = True
                break


@compiled
def fill_table(hashes, table):
    """Put hashes into an open-addressing table; its length is a power of two, 0 is empty."""
    width = np.uint64(len(table) - 1)
    for n in range(len(hashes)):
        slot = hashes[n] & width
        while table[slot] != 0:
            slot = (slot + np.uint64(1)) & width
        table[slot] = hashes[n]


@compiled
def bound_groups(slot, lon, lat, bounds):
    """West, east, south and north of the rows of each coarse cell."""
    for i in range(len(slot)):
        s = slot[i]
        if s >= 0:
            bounds[s, 0] = min(bounds[s, 0], lon[i])
            bounds[s, 1] = max(bounds[s, 1], lon[i])
            bounds[s, 2] = min(bounds[s, 2], lat[i])
            bounds[s, 3] = max(bounds[s, 3], lat[i])


@compiled
def count_recorded(chosen, starts, stops, a, c, recorded, ok_a, ok_c, since):
    """How many rows of the blocks have allowed codes and were recorded at `since` or later."""
    found = 0
    for k in range(len(chosen)):
        n = chosen[k]
        for i in range(starts[n], stops[n]):
            if ok_a[a[i]] and ok_c[c[i]] and recorded[i] >= since:
                found += 1
    return found


@compiled
def find_ends(start, stop, a, c, occurred, recorded, dead, ok_a, ok_c):
    """First and newest `occurred` and newest `recorded` of the living rows with allowed codes."""
    first = newest = at = np.int64(0)
    some = False
    for i in range(start, stop):
        if ok_a[a[i]] and ok_c[c[i]] and (len(dead) == 0 or dead[i] == 0):
            if not some:
                first = newest = occurred[i]
                at = recorded[i]
                some = True
            first = min(first, occurred[i])
            newest = max(newest, occurred[i])
            at = max(at, recorded[i])
    return some, first, newest, at


@compiled
def sum_allowed(table, codes, sums):
    """Add the rows `codes` of a table of counts."""
    for m in range(len(codes)):
        row = table[codes[m]]
        for n in range(len(row)):
            sums[n] += row[n]


@compiled
def sum_allowed_by(table, codes, kind, sums):
    """Add the rows `codes` of a table of counts, apart by their kind: `sums[kind[code]]`."""
    for m in range(len(codes)):
        row, total = table[codes[m]], sums[kind[codes[m]]]
        for n in range(len(row)):
            total[n] += row[n]


@compiled
def look_up(lon, lat, west, south, width, height, grid, states):
    """The state of each position: that of its grid cell."""
    for i in range(len(lon)):
        column = min(max(int((lon[i] - west) / width), 0), grid.shape[1] - 1)
        row = min(max(int((lat[i] - south) / height), 0), grid.shape[0] - 1)
        states[i] = grid[row, column]


@compiled
def bound_distances(lon, lat, to_lon, to_lat, radius_m, states):
    """1 where a position is surely within the radius of any place, 0 where surely of none, else 2.

    On the sphere of mean radius a distance is wrong by less than 0.6 %; one per cent is allowed.
    """
    for i in range(len(lon)):
        state = 0
        phi = np.radians(lat[i])
        for k in range(len(to_lon)):
            psi = np.radians(to_lat[k])
            half = np.sin((psi - phi) / 2) ** 2
            half += np.cos(phi) * np.cos(psi) * np.sin(np.radians(to_lon[k] - lon[i]) / 2) ** 2
            metres = 2 * 6_371_008.8 * np.arcsin(np.sqrt(min(1.0, half)))
            if metres * 1.01 <= radius_m:
                state = 1
                break
            if metres * 0.99 <= radius_m:
                state = 2
        states[i] = state
