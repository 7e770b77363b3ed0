"""The token of one's own machine."""

import stat

from seta.cli.token import local_token, token_hash


def test_it_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    first = local_token(tmp_path / "home")
    again = local_token(tmp_path / "home")
    assert first == again
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o600
    token = first.path.read_text()
    assert len(token) > 30 and first.hash == token_hash(token)


def test_two_homes_have_two_tokens(tmp_path):
    assert local_token(tmp_path / "a").hash != local_token(tmp_path / "b").hash
