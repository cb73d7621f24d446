"""The sound of a video lies where it belongs, whatever the file is like, and what is odd about it is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from frame_tables import make_frames, make_table
from media import restamp_ts, spoil_middle
from sound_files import SoundTrack, play_beep, play_sine, play_voice, write_heard

from extract.container import open_video
from extract.limits import Limits
from extract.sound.sound import RATE_HZ, Sound
from extract.sound.source import SoundSource
from extract.time_repairs import TimeRepairs
from ground.errors import VideoError

_VIDEO = make_table(make_frames([0.0])).metadata.source


def listen(
    path: Path,
    picture_s: float = 2.0,
    *,
    start_s: float = 0.0,
    repairs: TimeRepairs | None = None,
    limits: Limits = Limits(),  # noqa: B008
) -> tuple[np.ndarray, SoundSource]:
    video = _VIDEO.model_copy(update={"start_s": start_s, "time_repairs": repairs})
    sound = Sound(path, video, picture_s, limits)
    blocks = list(sound.iter_blocks())
    return np.concatenate([np.empty(0, np.float32), *blocks]), sound.describe()


def find_beep(samples: np.ndarray) -> float:
    return float(np.flatnonzero(np.nan_to_num(np.abs(samples)) > 0.1)[0]) / RATE_HZ


def find_start(path: Path) -> float:
    with open_video(path) as video:
        frame = next(video.container.decode(video.stream))
        return float(frame.pts * frame.time_base)


def count_missing_s(samples: np.ndarray) -> float:
    return float(np.isnan(samples).sum()) / RATE_HZ


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz"),
    [
        ("x.mp4", "aac", 48000),
        ("x.mp4", "aac", 44100),
        ("x.ts", "aac", 48000),
        ("x.mkv", "libopus", 48000),
        ("x.mkv", "libmp3lame", 44100),
        ("x.mkv", "pcm_u8", 8000),
        ("x.mkv", "pcm_f32le", 16000),
    ],
)
@pytest.mark.parametrize(("sound_s", "picture_s"), [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5)])
def test_sound_lies_where_it_belongs_to_the_first_picture(
    tmp_path: Path, name: str, codec: str, rate_hz: int, sound_s: float, picture_s: float
) -> None:
    track = SoundTrack(play_beep(2.0, rate_hz, 0.8), rate_hz, codec, start_s=sound_s)
    path = write_heard(tmp_path / name, track, picture_start_s=picture_s)
    samples, source = listen(path, start_s=find_start(path))
    assert len(samples) == 2 * RATE_HZ
    assert find_beep(samples) == pytest.approx(0.8 + sound_s - picture_s, abs=0.003)
    assert source.lack is None
    assert source.start_s == pytest.approx(sound_s - picture_s, abs=0.03)
    if sound_s > picture_s:
        assert np.isnan(samples[: round(0.47 * RATE_HZ)]).all(), "nothing is put where nothing was recorded"


def test_sound_that_is_longer_or_shorter_than_the_picture(tmp_path: Path) -> None:
    path = write_heard(tmp_path / "x.mkv", SoundTrack(play_sine(2.0, 8000), 8000))
    samples, source = listen(path, 1.0)
    assert len(samples) == RATE_HZ
    assert np.isfinite(samples).all()
    assert source.list_warnings("v.mkv", 1.0) == []
    samples, source = listen(path, 5.0)
    assert count_missing_s(samples) == pytest.approx(3.0, abs=0.001)
    assert np.isnan(samples[-3 * RATE_HZ :]).all()
    assert source.list_warnings("v.mkv", 5.0) == ["The sound of v.mkv ends 3.0 s before its picture."]


@pytest.mark.parametrize("name", ["x.mkv", "x.mp4"])
def test_a_gap_stays_a_gap_and_what_follows_it_lies_where_it_belongs(tmp_path: Path, name: str) -> None:
    def pause(time_s: float) -> float:
        return time_s if time_s < 0.5 else time_s + 0.7

    track = SoundTrack(play_beep(1.5, 48000, 0.8), 48000, "aac", move=pause)
    samples, source = listen(write_heard(tmp_path / name, track, picture_s=2.0))
    assert find_beep(samples) == pytest.approx(1.5, abs=0.003)
    missing = np.flatnonzero(np.isnan(samples)) / RATE_HZ
    assert missing[0] == pytest.approx(0.5, abs=0.03)
    assert len(missing) / RATE_HZ == pytest.approx(0.7, abs=0.003)
    assert source.gap_s == pytest.approx(0.7, abs=0.003)
    assert source.list_warnings("v", 2.0) == ["0.7 s of the sound of v are missing in between."]


def test_one_damaged_time_stamp_costs_no_more_than_its_own_sound(tmp_path: Path) -> None:
    track = SoundTrack(play_beep(3.0, 48000, 2.5), 48000, "aac")
    path = write_heard(tmp_path / "x.ts", track, picture_s=3.0)
    restamp_ts(path, lambda number, ticks: ticks + (number == 3) * 1000 * 90_000, stream=0xC0)
    samples, source = listen(path, 3.0, start_s=find_start(path))
    assert find_beep(samples) == pytest.approx(2.5, abs=0.003)
    assert 0 < count_missing_s(samples) < 0.5
    assert source.end_s == pytest.approx(3.0, abs=0.03)


def test_sound_that_begins_after_the_picture_is_said(tmp_path: Path) -> None:
    path = write_heard(tmp_path / "x.mkv", SoundTrack(play_sine(1.0, 8000), 8000, start_s=10.0))
    samples, source = listen(path)
    assert np.isnan(samples).all()
    assert source.list_warnings("v", 2.0) == ["The sound of v begins 10.0 s after its picture."]


def test_several_channels_are_as_loud_as_one(tmp_path: Path) -> None:
    tone = play_sine(1.0, 48000, amplitude=0.6)
    mono, _ = listen(write_heard(tmp_path / "1.mkv", SoundTrack(tone, 48000)), 1.0)
    for layout, channels in (("stereo", 2), ("5.1", 6), ("7.1", 8), ("64C", 64)):
        track = SoundTrack(np.stack([tone] * channels), 48000, layout=layout)
        samples, source = listen(write_heard(tmp_path / "n.mkv", track), 1.0)
        np.testing.assert_allclose(samples, mono, atol=1e-4)
        assert source.clipped == 0
        assert source.track == f"pcm_s16le, 48000 Hz, {channels} channels"


def test_the_mean_of_channels_is_heard(tmp_path: Path) -> None:
    tone = play_sine(1.0, 16000, amplitude=0.6)
    track = SoundTrack(np.stack([tone, 0 * tone]), 16000, layout="stereo")
    samples, _ = listen(write_heard(tmp_path / "x.mkv", track), 1.0)
    np.testing.assert_allclose(samples, tone / 2, atol=1e-4)


def test_a_broadcast_may_change_from_mono_to_stereo_and_to_another_rate(tmp_path: Path) -> None:
    parts = [
        SoundTrack(play_sine(1.0, 48000, 500.0), 48000, "aac"),
        SoundTrack(np.stack([play_sine(1.0, 44100, 500.0)] * 2), 44100, "aac", "stereo", start_s=1.0),
    ]
    path = tmp_path / "x.ts"
    path.write_bytes(
        b"".join(
            write_heard(path, part, picture_s=1.0, picture_start_s=part.start_s).read_bytes()
            for part in parts
        )
    )
    samples, source = listen(path, start_s=find_start(path))
    assert source.lack is None
    assert count_missing_s(samples) < 0.1
    for second in (slice(1600, 14400), slice(17600 + 1600, 30400)):
        level = np.sqrt(np.nanmean(np.square(samples[second])))
        assert level == pytest.approx(0.5 / np.sqrt(2), rel=0.02)


def test_the_track_that_players_play_is_read_and_the_others_are_said(tmp_path: Path) -> None:
    tracks = [
        SoundTrack(play_beep(1.0, 8000, 0.2), 8000, language="fra", is_default=False),
        SoundTrack(play_beep(1.0, 8000, 0.6), 8000, language="eng", is_default=True),
    ]
    samples, source = listen(write_heard(tmp_path / "x.mkv", *tracks, picture_s=1.0), 1.0)
    assert find_beep(samples) == pytest.approx(0.6, abs=0.003)
    (said,) = source.list_warnings("v", 1.0)
    assert said == (
        "v has 2 sound tracks. Read: pcm_s16le, 8000 Hz, 1 channel, eng. "
        "Not read: pcm_s16le, 8000 Hz, 1 channel, fra."
    )


def test_without_a_default_the_first_track_is_read(tmp_path: Path) -> None:
    tracks = [SoundTrack(play_beep(1.0, 8000, at_s), 8000, is_default=False) for at_s in (0.2, 0.6)]
    samples, _ = listen(write_heard(tmp_path / "x.mkv", *tracks, picture_s=1.0), 1.0)
    assert find_beep(samples) == pytest.approx(0.2, abs=0.003)


def test_of_very_many_tracks_a_few_are_named(tmp_path: Path) -> None:
    tracks = [SoundTrack(play_sine(0.2, 8000), 8000)] * 100
    _, source = listen(write_heard(tmp_path / "x.mkv", *tracks, picture_s=0.2), 0.2)
    assert len(source.other_tracks) == 99
    (said,) = source.list_warnings("v", 0.2)
    assert said.startswith("v has 100 sound tracks.")
    assert said.endswith("; and 95 more.")


def test_a_file_without_sound_is_no_reason_for_a_warning(tmp_path: Path) -> None:
    samples, source = listen(write_heard(tmp_path / "x.mkv"))
    assert source == SoundSource(lack="no sound track")
    assert np.isnan(samples).all()
    assert source.list_warnings("v", 2.0) == []


def test_a_codec_that_nobody_knows_is_said(tmp_path: Path) -> None:
    path = write_heard(tmp_path / "x.mkv", SoundTrack(play_sine(2.0, 48000), 48000, "aac"))
    path.write_bytes(path.read_bytes().replace(b"A_AAC", b"A_XYZ"))
    samples, source = listen(path)
    assert source.lack == "not decodable"
    assert np.isnan(samples).all()
    assert source.list_warnings("v", 2.0) == [
        "FFmpeg cannot decode the sound of v (unknown codec), so there is no voice."
    ]


def test_damaged_sound_is_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    noise = 0.3 * np.random.default_rng(0).standard_normal(4 * 48000)
    path = write_heard(tmp_path / "x.ts", SoundTrack(noise, 48000, "aac"), picture_s=4.0)
    samples, source = listen(spoil_middle(path, 0.05), 4.0, start_s=find_start(path))
    assert source.decode_errors > 0 or source.gap_s > 0
    assert 0 < count_missing_s(samples) < 1.0
    assert np.isfinite(samples[-RATE_HZ // 2 :]).mean() > 0.8, "what follows the damage is read"


@pytest.mark.parametrize("codec", ["pcm_u8", "pcm_s16le", "aac"])
def test_clipped_sound_is_said_in_whatever_channel_it_is(tmp_path: Path, codec: str) -> None:
    quiet = play_sine(1.0, 16000, 300.0, 0.1)
    loud = np.clip(play_sine(1.0, 16000, 300.0, 4.0), -1, 1)
    for channels, said in (((quiet, quiet), 0), ((quiet, loud), 1)):
        track = SoundTrack(np.stack(channels), 16000, codec, "stereo")
        _, source = listen(write_heard(tmp_path / "x.mkv", track, picture_s=1.0), 1.0)
        warnings = source.list_warnings("v", 1.0)
        assert len(warnings) == said
        assert all("of the samples of the sound of v are clipped" in one for one in warnings)


def test_numbers_that_are_no_sound_do_no_harm(tmp_path: Path) -> None:
    tone = play_sine(1.0, 48000)
    tone[[100, 20_000, 30_000, 40_000]] = np.nan, np.inf, -np.inf, 3e38
    path = write_heard(tmp_path / "x.mkv", SoundTrack(tone, 48000, "pcm_f32le"), picture_s=1.0)
    samples, source = listen(path, 1.0)
    assert source.lack is None
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 100


@pytest.mark.parametrize("rate_hz", [1, 100])
def test_a_rate_that_no_sound_has_is_refused(tmp_path: Path, rate_hz: int) -> None:
    path = write_heard(tmp_path / "x.mkv", SoundTrack(np.zeros(5000), rate_hz))
    samples, source = listen(path)
    assert source.lack == "not decodable"
    assert len(samples) == 2 * RATE_HZ


def test_a_rate_beyond_all_hearing_is_read(tmp_path: Path) -> None:
    path = write_heard(tmp_path / "x.mkv", SoundTrack(play_beep(1.0, 1_000_000, 0.5), 1_000_000))
    samples, _ = listen(path, 1.0)
    assert find_beep(samples) == pytest.approx(0.5, abs=0.003)


def test_a_picture_that_claims_to_last_for_years_takes_no_memory(tmp_path: Path) -> None:
    path = write_heard(tmp_path / "x.mkv", SoundTrack(play_sine(0.2, 8000), 8000), picture_s=0.2)
    samples, source = listen(path, 1e9)
    assert len(samples) == 0
    assert source.lack == "too long"
    assert source.list_warnings("v", 1e9) == ["v lasts 277,778 hours, too long to measure its voice."]


def test_a_single_picture_has_no_voice_and_is_no_failure(tmp_path: Path) -> None:
    path = write_heard(tmp_path / "x.mkv", SoundTrack(play_sine(0.2, 8000), 8000), picture_s=0.1)
    samples, source = listen(path, 0.0)
    assert len(samples) == 0
    assert source.lack is None


@pytest.mark.parametrize(
    "repairs", [TimeRepairs(jumps=1), TimeRepairs(guessed=1), TimeRepairs(in_decoding_order=True)]
)
def test_nobody_knows_the_sound_of_pictures_on_another_clock(tmp_path: Path, repairs: TimeRepairs) -> None:
    path = write_heard(tmp_path / "x.mkv", SoundTrack(play_voice(1.0, 8000), 8000), picture_s=1.0)
    samples, source = listen(path, 1.0, repairs=repairs)
    assert source.lack == "times repaired"
    assert np.isnan(samples).all()
    assert source.list_warnings("v", 1.0) == [
        "The clock of v was repaired. Nobody knows which sound belongs to which picture."
    ]


def test_pictures_that_got_a_time_between_their_neighbours_keep_the_clock(tmp_path: Path) -> None:
    path = write_heard(tmp_path / "x.mkv", SoundTrack(play_beep(1.0, 8000, 0.5), 8000), picture_s=1.0)
    samples, source = listen(path, 1.0, repairs=TimeRepairs(replaced=3))
    assert source.lack is None
    assert find_beep(samples) == pytest.approx(0.5, abs=0.003)


def test_reading_stops_at_the_limit(tmp_path: Path) -> None:
    path = write_heard(tmp_path / "x.mkv", SoundTrack(play_sine(2.0, 8000), 8000))
    with pytest.raises(VideoError, match="time limit"):
        listen(path, limits=Limits(time_s=1e-9))
