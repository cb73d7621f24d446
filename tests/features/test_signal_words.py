from features.frame_signals import SIGNAL_NAMES
from features.signal_words import name_signal
from features.signature import MOUTH_FEATURES
from features.voice import VOICE_FEATURES


def test_every_signal_has_words_of_its_own() -> None:
    words = [name_signal(signal) for signal in (*SIGNAL_NAMES, *MOUTH_FEATURES, *VOICE_FEATURES)]
    assert len(set(words)) == len(words) == 80
    assert name_signal("leftWrist_Y") == "left wrist lowering", "y grows downwards"
    assert name_signal("right_inner_brow") == "right inner brow raise"
    assert name_signal("voice_pitch") == "pitch of the voice"
