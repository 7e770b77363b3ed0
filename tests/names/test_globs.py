from fnmatch import fnmatchcase
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from seta.names.renames import can_both_match

TEXTS = ["".join(letters) for length in range(5) for letters in product("ab", repeat=length)]
GLOB = st.text("ab*?", max_size=4)


@settings(deadline=None, max_examples=300)
@given(GLOB, GLOB)
def test_globs_meet_exactly_when_some_text_matches_both(one, other):
    # Two globs of n and m characters that meet do so in a text of fewer than n + m; four
    # characters each, of which a "*" needs none, meet in one of four or not at all.
    both = [text for text in TEXTS if fnmatchcase(text, one) and fnmatchcase(text, other)]
    if both:
        assert can_both_match(one, other)
    if can_both_match(one, other) and len(one.replace("*", "") + other.replace("*", "")) <= 4:
        assert both


def test_sets_are_held_to_meet_anything_of_their_length():
    assert can_both_match("windows[78]", "windows9")
    assert not can_both_match("windows[78]", "windows10")
