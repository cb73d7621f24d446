"""Sound in a file: at its place, beside its pictures, as it was."""

import av
import numpy as np
import pandas as pd
import pytest
from sounds import be_silent, hear, mix, overdrive, play_music

from ground.errors import InputError
from simulate.signature import Signature, draw_session
from simulate.sound import RATES_HZ, Sound
from simulate.speech import shift, speak
from simulate.video import dub_session, render_session, write_video

FPS = 24
SECONDS = 4


@pytest.fixture(scope="module")
def speech():
    return speak(Signature(1), draw_session(Signature(1), SECONDS, FPS, 1), seed=1, rate_hz=16000)


def film(path, *sounds, seconds=SECONDS):
    frames = [np.full((48, 64, 3), 20 + k % 200, np.uint8) for k in range(round(seconds * FPS))]
    write_video(path, frames, FPS, sounds=sounds)
    return path


def find_lag(heard, sound):
    """Return how much later than the file should have it a second of sound is heard, s."""
    begin = 2 * sound.rate_hz
    expected = sound.samples[begin : begin + sound.rate_hz]
    reach = round(0.1 * sound.rate_hz)
    at_s = 2 + sound.start_s
    around = heard.cut(at_s - 0.1, at_s + 1.1)
    alike = np.correlate(around, expected, "valid")
    return (alike.argmax() - reach) / sound.rate_hz


def read_packets(path, kind):
    with av.open(path) as container:
        (stream,) = getattr(container.streams, kind)
        return [(bytes(p), p.pts, p.pos) for p in container.demux(stream) if p.size]


@pytest.mark.parametrize("start_s", [0.0, 0.4])
@pytest.mark.parametrize("rate_hz", [8000, 16000, 44100])
def test_sound_is_heard_at_its_place(tmp_path, rate_hz, start_s):
    samples = speak(Signature(1), draw_session(Signature(1), SECONDS, FPS, 1), seed=1, rate_hz=rate_hz)
    sound = Sound(samples.sound.samples, rate_hz, start_s=start_s)
    heard = hear(film(tmp_path / "v.mp4", sound))
    assert heard.rate_hz == rate_hz
    assert abs(find_lag(heard, sound)) < 0.002


def test_sound_comes_back_as_it_was(tmp_path, speech):
    heard = hear(film(tmp_path / "v.mp4", speech.sound)).cut(0, SECONDS)
    noise = heard - speech.sound.samples
    assert 10 * np.log10(np.mean(speech.sound.samples**2) / np.mean(noise**2)) > 25


def test_the_same_frames_and_sounds_give_the_same_file(tmp_path, speech):
    first, again = (film(tmp_path / name, speech.sound) for name in ("a.mp4", "b.mp4"))
    assert first.read_bytes() == again.read_bytes()


def test_sound_changes_no_picture(tmp_path, speech):
    silent, loud = film(tmp_path / "a.mp4"), film(tmp_path / "b.mp4", speech.sound)
    assert [p[:2] for p in read_packets(silent, "video")] == [p[:2] for p in read_packets(loud, "video")]
    with av.open(silent) as container:
        assert not container.streams.audio


def test_sound_lies_beside_the_pictures_that_it_belongs_to(tmp_path):
    # FFmpeg brings packets less than 10 s apart into their order by itself.
    path = film(tmp_path / "v.mp4", be_silent(30, 8000), seconds=30)
    pictures, sounds = (read_packets(path, kind) for kind in ("video", "audio"))
    middle = pictures[len(pictures) // 2][2]
    assert len([s for s in sounds if s[2] < middle]) == pytest.approx(len(sounds) / 2, abs=3)


@pytest.mark.parametrize("seconds", [1.5, 6.0])
def test_sound_may_be_shorter_or_longer_than_the_pictures(tmp_path, speech, seconds):
    path = film(tmp_path / "v.mp4", speech.sound, seconds=seconds)
    assert len(hear(path).samples) == pytest.approx(SECONDS * 16000, abs=1024)
    assert len(read_packets(path, "video")) == round(seconds * FPS)


def test_a_file_holds_several_tracks_with_their_languages(tmp_path, speech):
    english = Sound(speech.sound.samples, 16000, language="eng")
    german = Sound(play_music(SECONDS, 48000).samples, 48000, language="deu")
    path = film(tmp_path / "v.mp4", english, german)
    tracks = [hear(path, track) for track in (0, 1)]
    assert [(track.language, track.rate_hz) for track in tracks] == [("eng", 16000), ("deu", 48000)]
    assert abs(find_lag(tracks[0], english)) < 0.002
    assert abs(find_lag(tracks[1], german)) < 0.002


def test_what_disturbs_speech_goes_into_the_file(tmp_path, speech):
    silent = hear(film(tmp_path / "a.mp4", be_silent(SECONDS, 8000)))
    assert not silent.samples.any()
    music = mix(speech.sound, play_music(SECONDS, 16000))
    assert abs(find_lag(hear(film(tmp_path / "b.mp4", music)), music)) < 0.002
    clipped = overdrive(speech.sound, 30)
    assert np.mean(np.abs(clipped.samples) == 1) > 0.05
    assert abs(find_lag(hear(film(tmp_path / "c.mp4", clipped)), clipped)) < 0.002


def test_a_session_is_rendered_with_what_its_mouth_says(tmp_path):
    path = tmp_path / "a.mp4"
    render_session(Signature(2), 3, seed=5, path=path, fps=6)
    speech = speak(Signature(2), draw_session(Signature(2), 3, 6, 5), seed=5)
    assert abs(find_lag(hear(path), speech.sound)) < 0.002
    truth = pd.read_csv(tmp_path / "a.voice.csv", float_precision="round_trip")
    pd.testing.assert_frame_equal(truth, speech.truth, check_exact=True)


def test_a_dubbed_session_has_its_pictures_and_controls_and_what_another_says(tmp_path):
    session, dubbed = tmp_path / "a.mp4", tmp_path / "b.mp4"
    render_session(Signature(2), 3, seed=5, path=session, fps=6)
    other = shift(speak(Signature(3), draw_session(Signature(3), 3, 6, 5), seed=5, rate_hz=44100), 0.2)
    dub_session(session, other, path=dubbed)
    pictures = read_pictures(session)
    assert len(pictures) == 18
    assert read_pictures(dubbed) == pictures
    assert (tmp_path / "b.controls.csv").read_bytes() == (tmp_path / "a.controls.csv").read_bytes()
    assert abs(find_lag(hear(dubbed), other.sound)) < 0.002
    truth = pd.read_csv(tmp_path / "b.voice.csv", float_precision="round_trip")
    pd.testing.assert_frame_equal(truth, other.truth, check_exact=True)


def read_pictures(path):
    """Return when each encoded picture is presented, how long, and its bytes."""
    with av.open(str(path)) as container:
        return [
            (packet.pts * packet.time_base, packet.duration * packet.time_base, bytes(packet))
            for packet in container.demux(video=0)
            if packet.size
        ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"samples": np.zeros((2, 9), np.float32)}, "one row"),
        ({"samples": np.zeros(9)}, "float32"),
        ({"samples": np.zeros(0, np.float32)}, "must be samples"),
        ({"samples": np.full(9, np.nan, np.float32)}, "finite"),
        ({"rate_hz": 12345}, "samples/s"),
        ({"start_s": -0.1}, "begin"),
        ({"start_s": float("nan")}, "begin"),
    ],
)
def test_what_cannot_be_heard_says_why(arguments, message):
    with pytest.raises(InputError, match=message):
        Sound(**{"samples": np.zeros(9, np.float32), "rate_hz": RATES_HZ[0], **arguments})
