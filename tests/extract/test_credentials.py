"""Content credentials: who signed, trusted or not, altered since; and nothing is asked of the network."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from media import marked_frames, write_video

from classify.words.credentials import describe_credentials
from extract.credentials import (
    Credentials,
    may_hold_credentials,
    read_credentials,
    read_trusted_signers,
)
from ground.errors import InputError

c2pa = pytest.importorskip(
    "c2pa", reason="c2pa-python is not installed: pip install 'motion-signature[credentials]'"
)

from signing import PROGRAM, Signer, alter, make_signer, sign  # noqa: E402


@pytest.fixture(scope="module")
def signer() -> Signer:
    return make_signer()


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("video") / "v.mp4", marked_frames(5))


@pytest.fixture(scope="module")
def signed(video: Path, signer: Signer) -> Path:
    return sign(video, video.with_name("signed.mp4"), signer)


def test_who_signed_is_told_and_that_nobody_knows_whether_to_trust_them(signed: Path) -> None:
    found = read_credentials(signed)
    assert found == Credentials(
        state="intact", trusted=None, signer="Example Camera", organisation="Example News", made_with=PROGRAM
    )
    words = describe_credentials(found)
    assert words.startswith(
        "The content credentials were signed by Example Camera of Example News, with Example Camera App. The "
        "file was not altered since. No list of trusted signers was given"
    )
    assert words.endswith("so the verdict does not rest on them.")


def test_a_list_says_whom_to_trust(signed: Path, signer: Signer) -> None:
    own, other = signer.authority.decode(), make_signer().authority.decode()
    assert read_credentials(signed, own).trusted is True
    stranger = read_credentials(signed, other)
    assert (stranger.state, stranger.trusted) == ("intact", False)
    assert "not on the list of trusted signers" in describe_credentials(stranger)


def test_a_file_that_was_altered_since_is_told_from_one_that_was_not(signed: Path, signer: Signer) -> None:
    altered = read_credentials(alter(signed, signed.with_name("altered.mp4")), signer.authority.decode())
    assert (altered.state, altered.trusted) == ("altered", True)
    assert "The file was altered since." in describe_credentials(altered)


def test_none_means_nothing(video: Path) -> None:
    assert not may_hold_credentials(video)
    assert read_credentials(video) == Credentials(state="none")
    assert "this means nothing" in describe_credentials(Credentials(state="none"))


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_damaged_credentials_are_told_or_none(signed: Path, tmp_path: Path, cut: float) -> None:
    content = signed.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(content[: int(cut * len(content))])
    assert read_credentials(tmp_path / "cut.mp4").state in ("none", "unreadable", "altered", "invalid")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"RIFF",
        bytes(100),
        b"\0\0\0\x10ftyp" + b"\0\0\0\x08uuid" * 9,
        b"\0\0\0\1ftyp" + b"\xff" * 8,
    ],
)
def test_files_that_are_no_videos_hold_none_or_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(content)
    assert read_credentials(path).state in ("none", "unreadable")
    may_hold_credentials(path)


def test_signed_files_are_looked_into(signed: Path, video: Path, signer: Signer) -> None:
    assert may_hold_credentials(signed)
    assert may_hold_credentials(
        sign(video, video.with_name("there.mp4"), signer, "http://127.0.0.1:9/m.c2pa")
    )


@contextmanager
def listening() -> Iterator[tuple[str, list[bool]]]:
    """Yield an address of this computer, and a list that fills when somebody connects to it."""
    connected: list[bool] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        ended = threading.Event()

        def accept() -> None:
            while not ended.is_set():
                try:
                    server.accept()[0].close()
                    connected.append(True)
                except TimeoutError:
                    continue

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/m.c2pa", connected
        finally:
            ended.set()
            thread.join()


def test_nothing_connects_to_an_address_in_the_file(video: Path, signer: Signer, tmp_path: Path) -> None:
    with listening() as (address, connected):
        there = sign(video, tmp_path / "there.mp4", signer, address)
        found = read_credentials(there, signer.authority.decode())
    assert connected == []
    assert found == Credentials(state="elsewhere")
    assert "Nobody asked for them there" in describe_credentials(found)


def test_the_library_would_connect_if_it_were_not_forbidden(
    video: Path, signer: Signer, tmp_path: Path
) -> None:
    """Otherwise the test above could not fail."""
    with listening() as (address, connected):
        there = sign(video, tmp_path / "there.mp4", signer, address)
        with there.open("rb") as stream, pytest.raises(c2pa.C2paError):
            c2pa.Reader("video/mp4", stream)
    assert connected


@pytest.mark.parametrize("content", [b"", b"no list", b"\xff\xfe", None])
def test_a_list_without_certificates_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "list.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"list\.pem"):
        read_trusted_signers(path)
