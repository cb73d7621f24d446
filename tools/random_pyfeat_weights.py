"""Write weights of py-feat's multitask network that were never trained, in the format of the true ones.

    python tools/random_pyfeat_weights.py weights.safetensors [SEED]

With them everything but the meaning of the numbers can be tried, offline and free of the true weights'
licence:

    FEAT_MULTITASK_WEIGHTS=weights.safetensors motionsig extract --face py-feat VIDEO
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path


def write_random_weights(
    path: Path, seed: int = 0, rotation: tuple[float, float, float] | None = None
) -> Path:
    """Write weights that are drawn at random from `seed`.

    Parameters
    ----------
    path
        A file name ending in ``.safetensors``.
    seed
        Of the random numbers.
    rotation
        The first three numbers that the pose head says of every face, radians; None leaves them to chance.
    """
    import torch
    from feat.multitask.model_v2 import MEGraphAUv2, ModelV2Config
    from safetensors.torch import save_file

    # As py-feat's own description of its current weights: 20 action units, 7 emotions, 52 blendshapes.
    config = ModelV2Config(
        n_au=20, n_emotion=7, n_blendshape=52, mesh_normalized=True, use_head_v3=True, drop_mefl=True,
        emotion_use_au_prob=True, pretrained=False,
    )  # fmt: skip
    torch.manual_seed(seed)
    network = MEGraphAUv2(config)
    if rotation is not None:
        last = network.pose.mlp[-1]
        with torch.no_grad():
            last.weight[:3] = 0
            last.bias[:3] = torch.tensor(rotation)
    save_file(network.state_dict(), path, metadata={"config": json.dumps(dataclasses.asdict(config))})
    return path


if __name__ == "__main__":
    write_random_weights(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
