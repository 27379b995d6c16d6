"""What things are: reports, incidents, markings, positions and the closed word lists.

Standard library only; imports nothing of ours but errors.
"""
