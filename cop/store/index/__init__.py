"""The fast source of the store: codes in memory, a compiled pass over them, equal to the SQL."""
