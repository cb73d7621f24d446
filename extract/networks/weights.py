"""TEMP."""
from __future__ import annotations
import functools
from pathlib import Path
import importlib.util

POSE_DETECTOR = "pose_detection/pose_detection.tflite"
POSE_LANDMARKS = "pose_landmark/pose_landmark_full.tflite"
FACE_DETECTOR = "face_detection/face_detection_short_range.tflite"
FACE_LANDMARKS = "face_landmark/face_landmark_with_attention.tflite"

@functools.cache
def read_weights(name: str) -> bytes:
    return (Path("/work/main/.venv/lib/python3.11/site-packages/mediapipe/modules") / name).read_bytes()
