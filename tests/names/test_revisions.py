"""R46, R47: what a sheriff writes, in every form seen, names the same revision."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seta.names import FixingRevisions, fixing_revisions

FULL = "b9222b391f8960132c31d050d1843ffb32ac1693"
TWELVE = FULL[:12]
OTHER = "4e77c1c74676"

NOTES = [
    (None, (), ()),
    ("", (), ()),
    ("   \n", (), ()),
    ("no revision at all", (), ()),
    (FULL, (TWELVE,), ()),
    (TWELVE, (TWELVE,), ()),
    (FULL.upper(), (TWELVE,), ()),
    (FULL[:20], (TWELVE,), ()),
    (f"{FULL} {TWELVE}", (TWELVE,), ()),
    (f"https://hg.mozilla.org/integration/autoland/rev/{FULL}", (TWELVE,), ()),
    (f"https://hg.mozilla.org/integration/autoland/rev/{TWELVE}/", (TWELVE,), ()),
    (f"https://hg.mozilla.org/mozilla-central/rev/{TWELVE}#l1.2", (TWELVE,), ()),
    (f"https://treeherder.mozilla.org/#/jobs?repo=autoland&revision={FULL}&selectedJob=205889163",
     (TWELVE,), ()),
    (f"{OTHER}, {TWELVE}", (OTHER, TWELVE), ()),
    (f"{OTHER};{TWELVE};{OTHER}", (OTHER, TWELVE), ()),
    (f"Backed out changeset {TWELVE} (bug 1323536).", (TWELVE,), ()),
    ("b9222b3", (), ("b9222b3",)),
    ("B9222B391F8", (), ("b9222b391f8",)),
    ("b9222b3 4e77c1c7467 b9222b3", (), ("b9222b3", "4e77c1c7467")),
    (f"b9222b3 {FULL}", (TWELVE,), ()),
    (f"4e77c1c {FULL}", (TWELVE,), ("4e77c1c",)),
    ("b9222b", (), ()),
    (FULL + "0", (), ()),
    (f"x{TWELVE}", (), ()),
    (f"{TWELVE}_1", (), ()),
    ("bug 1234567", (), ()),
    ("Bug 1234567, bug1234567, #1234567, 1234567", (), ()),
    ("https://bugzilla.mozilla.org/show_bug.cgi?id=1234567", (), ()),
    ("fixed by bug 1234567 in 4e77c1c", (), ("4e77c1c",)),
    ("https://hg.mozilla.org/try/rev/1234567", (), ("1234567",)),
    ("changeset: 12345678", (), ("12345678",)),
    ("rev defaced", (), ("defaced",)),
    ("the page was defaced and effaced", (), ()),
    ("https://phabricator.services.mozilla.com/D123456", (), ()),
    ("Differential Revision: D1234567", (), ()),
    ("bp-8c1c7ee0-4b1e-4e8b-9d7c-0d5a1b2c3d4e", (), ()),
    ("https://github.com/servo/servo/commit/4e77c1c", (), ("4e77c1c",)),
]


@pytest.mark.parametrize(("note", "full", "short"), NOTES, ids=[repr(row[0]) for row in NOTES])
def test_a_note_names_these_revisions(note, full, short):
    assert fixing_revisions(note) == FixingRevisions(full, short)
    assert fixing_revisions(note).is_empty == (not full and not short)


@settings(deadline=None)
@given(st.text() | st.text("0123456789abcdefABCDEFD/ -.", max_size=200))
def test_any_text_gives_revisions_of_the_promised_lengths(note):
    found = fixing_revisions(note)
    assert all(len(revision) == 12 for revision in found.full)
    assert all(7 <= len(revision) <= 11 for revision in found.short)
    assert all(set(revision) <= set("0123456789abcdef") for revision in found.full + found.short)
    assert len(set(found.full)) == len(found.full) and len(set(found.short)) == len(found.short)
    assert all(revision in note.lower() for revision in found.full + found.short)


@settings(deadline=None)
@given(st.lists(st.text("0123456789abcdef", min_size=12, max_size=40)),
       st.sampled_from([" ", ", ", "\n", "/ https://hg.mozilla.org/rev/"]))
def test_every_full_revision_is_found_in_order(revisions, separator):
    expected = tuple(dict.fromkeys(revision[:12] for revision in revisions))
    assert fixing_revisions(separator.join(revisions)).full == expected
