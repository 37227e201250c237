"""Text files as UTF-8 bytes, and how much of one is behind a reader."""

from contextlib import closing

from ringfence.loaders.sources.text_stream import Stored, Utf8Stream


def test_how_far_a_reader_is_can_be_asked_while_it_closes_the_file(tmp_path, monkeypatch):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a,b\n" * 3000)
    with closing(Utf8Stream(Stored(path), "utf-8")) as stream:
        assert stream.position() == 0
        first = len(stream.read(5000))
        with monkeypatch.context() as patch:
            patch.setattr(stream, "_disk", None)  # closed by a thread that reads ahead, at the worst moment
            assert 0 < stream.position(first // 2) < stream.position() < 12_000
        while stream.read(5000):
            pass
        assert stream.position() == 12_000
    assert stream.position() == 12_000
