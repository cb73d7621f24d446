"""Sine, cosine, arctangent and exponential in single precision, rounded as MediaPipe's are.

How a region is turned decides what a network sees of it, and what it finds there decides the next region: a
difference in one last bit makes other landmarks after a few frames. MediaPipe takes these functions from the
C library. Until version 2.41, GNU's rounded some values to the neighbour of the nearest number, in the ways
that are written here again. So results do not depend on the C library, and are those of older tables. (The
networks' own last bits still depend on the processor.)

The arctangent is that of fdlibm's s_atanf.c and e_atan2f.c:

    Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.

    Developed at SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute
    this software is freely granted, provided that this notice is preserved.

The others compute in double precision with the polynomials of Arm's Optimized Routines (sincosf, expf):

    Copyright (c) 2017-2018, Arm Limited. SPDX-License-Identifier: MIT

The text of that licence is the one in our file LICENSE.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

_ONE: Final = np.float32(1)
_PI: Final = np.float32(3.1415927410e00)
_PI_REST: Final = np.float32(-8.7422776573e-08)
_INFINITE: Final = np.float32(2**25)
# Up to which |x| the arctangent is that of something smaller, turned by the angle that is named.
_LIMITS: Final = tuple(map(np.float32, (0.4375, 0.6875, 1.1875, 2.4375)))
_ANGLES: Final = tuple(
    map(np.float32, (4.6364760399e-01, 7.8539812565e-01, 9.8279368877e-01, 1.5707962513e00))
)
_ANGLES_REST: Final = tuple(
    map(np.float32, (5.0121582440e-09, 3.7748947079e-08, 3.4473217170e-08, 7.5497894159e-08))
)
_ODD: Final = tuple(
    map(np.float32, (1.6285819933e-02, 4.9768779427e-02, 6.6610731184e-02, 9.0908870101e-02,
                     1.4285714924e-01, 3.3333334327e-01))
)  # fmt: skip
_EVEN: Final = tuple(
    map(np.float32, (-3.6531571299e-02, -5.8335702866e-02, -7.6918758452e-02, -1.1111110449e-01,
                     -2.0000000298e-01))
)  # fmt: skip

_SINE: Final = tuple(
    map(float.fromhex, ("-0x1.555545995a603p-3", "0x1.1107605230bc4p-7", "-0x1.994eb3774cf24p-13"))
)
_COSINE: Final = tuple(
    map(float.fromhex, ("-0x1.ffffffd0c621cp-2", "0x1.55553e1068f19p-5", "-0x1.6c087e89a359dp-10",
                        "0x1.99343027bf8c3p-16"))
)  # fmt: skip
_HALF_PI: Final = np.pi / 2

_STEPS: Final = 32
_EXPONENTIAL: Final = (
    float.fromhex("0x1.c6af84b912394p-5") / _STEPS**3,
    float.fromhex("0x1.ebfce50fac4f3p-3") / _STEPS**2,
    float.fromhex("0x1.62e42ff0c52d6p-1") / _STEPS,
)
# Beyond it, results are 0 or infinite in single precision.
_FARTHEST: Final = 200.0
_STEPS_PER_UNIT: Final = float.fromhex("0x1.71547652b82fep+0") * _STEPS
_MOST_STEPS: Final = round(_FARTHEST * _STEPS_PER_UNIT)
_NUMBERS: Final = np.arange(-_MOST_STEPS, _MOST_STEPS + 1)
_POWERS: Final = np.ldexp(np.exp2(np.arange(_STEPS) / _STEPS)[_NUMBERS % _STEPS], _NUMBERS // _STEPS)


def find_angle(y: np.float32, x: np.float32) -> np.float32:
    """Return the angle from the x axis to a finite point, rad, from -pi to pi; 0 of the origin.

    A y of -0 lies below the axis, as in C: left of the origin its angle is -pi.
    """
    if x == 0 and y == 0:
        return np.float32(0)
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        angle = _find_arctangent(abs(y / x))
    if x < 0:
        angle = _PI - (angle - _PI_REST)
    return -angle if np.signbit(y) else angle


def find_direction(angle: np.float32) -> tuple[np.float32, np.float32]:
    """Return cosine and sine of a finite angle, rad, from -pi to pi."""
    quarters = round(float(angle) / _HALF_PI)
    rest = float(angle) - quarters * _HALF_PI
    cosine, sine = np.float32(_find_cosine(rest)), np.float32(_find_sine(rest))
    for _ in range(quarters % 4):
        cosine, sine = -sine, cosine
    return cosine, sine


def find_exponential(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return e to the power of each number, which is not NaN."""
    within = np.minimum(np.maximum(values, -_FARTHEST, dtype=np.float64), _FARTHEST)
    steps = within * _STEPS_PER_UNIT
    whole = np.rint(steps)
    rest = steps - whole
    power = _POWERS.take(whole.astype(np.intp) + _MOST_STEPS)
    cubic, square, linear = _EXPONENTIAL
    near_one = (cubic * rest + square) * (rest * rest) + (linear * rest + 1)
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray((near_one * power).astype(np.float32))


def _find_arctangent(x: np.float32) -> np.float32:
    """Return the arctangent of a number that is not negative."""
    part = sum(bool(x >= limit) for limit in _LIMITS)
    if part == 0:
        return x - x * _sum_series(x)
    if x >= _INFINITE:
        return _ANGLES[-1] + _ANGLES_REST[-1]
    two, half_more = np.float32(2), np.float32(1.5)
    if part == 1:
        x = (two * x - _ONE) / (two + x)
    elif part == 2:
        x = (x - _ONE) / (x + _ONE)
    elif part == 3:
        x = (x - half_more) / (_ONE + half_more * x)
    else:
        x = -_ONE / x
    return _ANGLES[part - 1] - ((x * _sum_series(x) - _ANGLES_REST[part - 1]) - x)


def _sum_series(x: np.float32) -> np.float32:
    square = x * x
    fourth = square * square
    odd, even = _ODD[0], _EVEN[0]
    for factor in _ODD[1:]:
        odd = factor + fourth * odd
    for factor in _EVEN[1:]:
        even = factor + fourth * even
    return square * odd + fourth * even


def _find_sine(angle: float) -> float:
    square = angle * angle
    cubic = angle * square
    first, second, third = _SINE
    return (angle + cubic * first) + cubic * square * (second + square * third)


def _find_cosine(angle: float) -> float:
    square = angle * angle
    fourth = square * square
    first, second, third, last = _COSINE
    return ((1 + square * first) + fourth * second) + fourth * square * (third + square * last)
