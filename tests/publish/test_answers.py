"""The answers that are kept for an edition take no memory without end."""

from hypothesis import given, strategies as st

from seta.publish.serving.edition import MOST_ANSWERS, MOST_BYTES, Answers

SIZES = st.one_of(st.integers(0, 100), st.integers(MOST_BYTES // 9, MOST_BYTES + 9))


@given(st.lists(st.tuples(st.integers(0, 30), SIZES), max_size=60))
def test_the_answers_that_came_last_are_kept_as_far_as_they_fit(kept):
    answers, sizes = Answers(), {}
    for question, size in kept:
        answers.keep(question, (question, size), size=size)
        if size <= MOST_BYTES:   # one that never fits leaves the others alone
            sizes.pop(question, None)
            sizes[question] = size
        while sum(sizes.values()) > MOST_BYTES:
            del sizes[next(iter(sizes))]
    for question in range(31):
        known = (question, sizes[question]) if question in sizes else None
        assert answers.get(question) == known


def test_small_answers_are_limited_by_their_number():
    answers = Answers()
    for question in range(MOST_ANSWERS + 1):
        answers.keep(question, "an answer", size=1)
    assert answers.get(0) is None
    assert all(answers.get(question) for question in range(1, MOST_ANSWERS + 1))
