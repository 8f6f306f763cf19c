"""What a model's configuration files say: its modules, window, width and prompts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.encoders.protocol import Role
from embeddings.errors import ModelError

# Modules after the transformer that change nothing but vectors, and those with weights.
_WEIGHED = ("Dense", "LayerNorm", "WeightedLayerPooling")
_AFTER = ("Pooling", *_WEIGHED, "Normalize", "Dropout")

# The names under which sentence-transformers looks for the transformer's own settings.
_OWN_FILES = tuple(
    f"sentence_{kind}_config.json"
    for kind in ("bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet")
)

# The poolings in the order in which sentence-transformers joins their vectors, by the
# switches that each had before version 6.
_POOLINGS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}

# Their first position is the one after the padding piece's id, so that the table of
# positions holds fewer word pieces than it has rows: RoBERTa's 514 rows hold 512.
_SHIFTED = {
    *("camembert", "data2vec-text", "ibert", "longformer", "mpnet", "roberta"),
    *("roberta-prelayernorm", "xlm-roberta", "xlm-roberta-xl", "xmod"),
}

# "No limit" is written as 10**30; no model reads a million word pieces at once.
_NO_LIMIT = 10**6

# Where neither model nor tokenizer states a limit (T5): BERT's.
_USUAL_LENGTH = 512


@dataclass(frozen=True, slots=True)
class Module:
    """One step of a model: its class, its sub-folder and its settings."""

    kind: str
    path: str
    config: Mapping[str, Any]


def read_modules(path: Path, name: str) -> list[Module]:
    """List the modules in ``path``, the transformer first; a plain transformer is one.

    Raises:
        ModelError: A module is not one of sentence-transformers' own, or of a kind that is
            not supported, or has no weights in safetensors form.
    """
    if not (path / "modules.json").is_file():
        return [Module("Transformer", "", {})]
    listed = _read_json(path / "modules.json")
    if not isinstance(listed, list) or not listed or not all(isinstance(m, dict) for m in listed):
        raise ModelError(f"{path / 'modules.json'} of the model {name} lists no modules.")
    modules = [_read_module(path, entry, name) for entry in listed]
    first = modules[0].kind
    if first == "StaticEmbedding":
        raise ModelError(
            f"The model {name} is a table of word vectors (StaticEmbedding): expected a "
            "transformer; --model static takes word vectors distilled from one."
        )
    other = [m.kind for m in modules[1:] if m.kind not in _AFTER]
    if first != "Transformer" or other:
        raise ModelError(
            f"The model {name} has a module {other[0] if first == 'Transformer' else first}, which "
            f"is not supported: expected Transformer first, then any of {', '.join(_AFTER)}."
        )
    for module in modules[1:]:
        _expect_readable(path, module, name)
    return modules


def _read_module(path: Path, entry: Mapping[str, Any], name: str) -> Module:
    kind, place = entry.get("type"), entry.get("path")
    if not isinstance(kind, str) or not isinstance(place, str):
        raise ModelError(
            f"{path / 'modules.json'} of the model {name} has a module without type and path."
        )
    if not kind.startswith("sentence_transformers."):
        raise ModelError(
            f"The model {name} brings code of its own ({kind}), which is never run: "
            "name a model made of sentence-transformers' own modules."
        )
    if ".." in Path(place).parts or Path(place).is_absolute():
        raise ModelError(f"The model {name} points outside its folder ({place}).")
    config = {} if kind.endswith(".Transformer") else read_object(path / place / "config.json")
    return Module(kind.rpartition(".")[2], place, config)


def _expect_readable(path: Path, module: Module, name: str) -> None:
    if module.kind in _WEIGHED and not (path / module.path / "model.safetensors").is_file():
        raise ModelError(
            f"The model {name} has no model.safetensors in {path / module.path}, and pickled "
            "weights are never read: save it again with sentence-transformers."
        )
    # sentence-transformers would put tanh in the place of one from elsewhere.
    activation = module.config.get("activation_function", "torch.")
    if not isinstance(activation, str) or not activation.startswith("torch."):
        raise ModelError(
            f"The model {name} brings code of its own ({activation}), which is never run: "
            "expected an activation function of torch."
        )


def read_own_settings(transformer: Path) -> dict[str, Any]:
    """Read what sentence-transformers notes beside a transformer: the first file that says any."""
    return next((found for name in _OWN_FILES if (found := read_object(transformer / name))), {})


def expect_text(
    transformer: Path, own: Mapping[str, Any], general: Mapping[str, Any], name: str, plain: bool
) -> None:
    """Refuse what is no text encoder, or has its texts changed before they are tokenized.

    Args:
        transformer: The folder of the transformer.
        own: Its own settings.
        general: Those of the whole model.
        name: The model's, for the error.
        plain: Whether it is a transformer without modules.

    Raises:
        ModelError: It says why.
    """
    kind = general.get("model_type", "SentenceTransformer")
    task = own.get("transformer_task", "feature-extraction")
    # sentence-transformers makes messages of texts where a tokenizer has a chat template,
    # except in models saved by earlier versions or for text alone.
    chat = (transformer / "chat_template.jinja").is_file() or read_object(
        transformer / "tokenizer_config.json"
    ).get("chat_template")
    ways = own.get("modality_config", {"text": {}})
    text = isinstance(ways, dict) and "text" in ways and "message" not in ways
    changes = ("processing_kwargs", "query_expansion", "tokenizer_name_or_path")
    changed = next((key for key in changes if own.get(key)), "")
    for refused, reason in (
        (
            kind != "SentenceTransformer" or task != "feature-extraction",
            f"is a {kind} for {task}: expected a SentenceTransformer, which gives each text one "
            "vector.",
        ),
        (
            (transformer / "adapter_config.json").is_file(),
            "is an adapter, which leans on a model elsewhere: merge the two and save them again "
            "with sentence-transformers.",
        ),
        (
            (chat and plain) or not text,
            "reads chat messages or no text at all: expected one that reads plain text.",
        ),
        (changed, f"sets {changed}, which is not supported."),
    ):
        if refused:
            raise ModelError(f"The model {name} {reason}")


def read_max_length(transformer: Path, own: Mapping[str, Any], config: Mapping[str, Any]) -> int:
    """Follow sentence-transformers: its own setting, else the tokenizer's; positions bound both."""
    limits = []
    tokenizer = transformer / "tokenizer_config.json"
    stated = read_whole(transformer / _OWN_FILES[0], own, "max_seq_length") or read_whole(
        tokenizer, read_object(tokenizer), "model_max_length"
    )
    if stated and stated < _NO_LIMIT:
        limits.append(stated)
    # XLNet writes -1 for none.
    if config.get("max_position_embeddings") != -1:
        rows = read_whole(transformer / "config.json", config, "max_position_embeddings")
        if rows and str(config.get("model_type")) in _SHIFTED:
            padding = config.get("pad_token_id")
            rows -= (padding if isinstance(padding, int) else 1) + 1
        limits += [rows] if rows else []
    found = min(limits, default=_USUAL_LENGTH)
    if found < 1:
        raise ModelError(f"{transformer / 'config.json'} leaves no position to a word piece.")
    return found


def read_dimension(path: Path, modules: list[Module], config: Mapping[str, Any]) -> int:
    """Return the width of what the last module that changes the width puts out."""
    for module in reversed(modules[1:]):
        file = path / module.path / "config.json"
        for key in ("out_features", "embedding_dimension", "word_embedding_dimension"):
            if width := read_whole(file, module.config, key):
                return width * (len(read_poolings(module)) if module.kind == "Pooling" else 1)
    file = path / modules[0].path / "config.json"
    for key in ("hidden_size", "dim", "d_model"):
        if width := read_whole(file, config, key):
            return width
    raise ModelError(f"{file} does not state hidden_size.")


def read_poolings(module: Module) -> list[str]:
    """Name the poolings, whose vectors sentence-transformers joins end to end."""
    found = module.config.get("pooling_mode")
    if found is None:
        found = [p for switch, p in _POOLINGS.items() if module.config.get(switch)] or ["mean"]
    modes = [found] if isinstance(found, str) else found
    if not isinstance(modes, list) or not modes or any(m not in _POOLINGS.values() for m in modes):
        raise ModelError(
            f"The pooling {found!r} in {module.path} is unknown: expected one or more of "
            f"{', '.join(_POOLINGS.values())}."
        )
    return modes


def usual_pooling(config: Mapping[str, Any]) -> str:
    """Name the pooling that a transformer without modules is given."""
    causal = "ForCausalLM" in str(config.get("architectures")) and config.get("is_causal", True)
    return "lasttoken" if causal else "mean"


def read_prompts(file: Path, general: Mapping[str, Any]) -> dict[Role, str]:
    """Read the prompts of queries and passages; the default prompt where neither has one.

    The names are those that sentence-transformers looks for in ``encode_query`` and
    ``encode_document``; the first that is not empty, since it saves an empty ``document``
    beside a model's own ``passage``.
    """
    prompts = general.get("prompts") or {}
    usual = general.get("default_prompt_name")
    if not isinstance(prompts, dict) or not isinstance(usual, str | None):
        raise ModelError(
            f"{file} has prompts that cannot be read: expected `prompts` to map names to texts, "
            "and `default_prompt_name` to be one of the names."
        )
    if wrong := [k for k, v in prompts.items() if not isinstance(v, str | None)]:
        raise ModelError(f"{file} has a prompt {wrong[0]} that is no text.")
    query = prompts.get("query") or ""
    passage = next((p for n in ("document", "passage", "corpus") if (p := prompts.get(n))), "")
    if not query and not passage:
        query = passage = prompts.get(usual) or "" if usual else ""
    return {"query": query, "passage": passage}


def read_whole(file: Path, content: Mapping[str, Any], key: str) -> int | None:
    """Return a positive whole number of a configuration, or None where it states none."""
    value = content.get(key)
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not (value >= _NO_LIMIT or (value >= 1 and value == int(value))):
        raise ModelError(f"{file} states {key} = {value!r}: expected a whole number above 0.")
    return int(min(value, _NO_LIMIT))


def read_object(file: Path) -> dict[str, Any]:
    """Read a JSON object; an empty one where there is no file.

    Raises:
        ModelError: The file is not JSON, or something other than an object.
    """
    content = _read_json(file) if file.is_file() else {}
    if not isinstance(content, dict):
        raise ModelError(f"{file} of the model is no JSON object.")
    return content


def _read_json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError) as error:
        raise ModelError(f"{file} of the model cannot be read as JSON ({error}).") from error
