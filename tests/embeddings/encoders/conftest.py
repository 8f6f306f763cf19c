"""Small models with random weights, saved as sentence-transformers saves them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

# What the tokenizers are made of: several scripts, signs and spaces of all kinds.
SAMPLES = (
    "Peace talks in Geneva were put off again.",
    "  REBELS say\tthey have taken\u00a0it \x07 ",
    "نفى المتحدث باسم الحكومة",
    "Правительство опровергло сообщения",
    "联合国安理会周三举行紧急会议。",
    "Beşiktaş’ın yeni STADI İçin",
    "François ① ﬁve <s> [MASK] </s> <pad>",
)

SIZES = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
}


def wordpiece(kind: Any, special: Sequence[str]) -> Any:
    signs = {c for t in SAMPLES for c in t + t.lower() if c.isprintable() and not c.isspace()}
    words = [*special, *sorted(signs), *(f"##{c}" for c in sorted(signs)), "peace", "talks"]
    return kind(vocab={word: n for n, word in enumerate(dict.fromkeys(words))})


# "Token" in an argument's name is no password.
# ruff: noqa: S106


def unigram(kind: Any, special: Sequence[str]) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    made = Tokenizer(models.Unigram())
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=300, special_tokens=list(special), unk_token="<unk>", show_progress=False
    )
    made.train_from_iterator(SAMPLES, trainer)
    return kind(vocab=[tuple(piece) for piece in json.loads(made.to_str())["model"]["vocab"]])


def byte_pairs(kind: Any, special: Sequence[str]) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(SAMPLES, trainer)
    model = json.loads(made.to_str())["model"]
    return kind(vocab=model["vocab"], merges=[tuple(pair) for pair in model["merges"]])


def build(architecture: str) -> tuple[Any, Any]:
    """Return the tokenizer and the transformer of a model that reads 40 word pieces."""
    import transformers as hub

    bert = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    roberta = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    shifted = {**SIZES, "max_position_embeddings": 42, "pad_token_id": 1}
    plain = {**SIZES, "max_position_embeddings": 40}
    if architecture == "bert":
        pieces = wordpiece(hub.BertTokenizer, bert)
        return pieces, hub.BertModel(hub.BertConfig(vocab_size=len(pieces), **plain))
    if architecture == "distilbert":
        pieces = wordpiece(hub.DistilBertTokenizer, bert)
        sizes = {"dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 32}
        config = hub.DistilBertConfig(
            vocab_size=len(pieces), max_position_embeddings=40, sinusoidal_pos_embds=False, **sizes
        )
        return pieces, hub.DistilBertModel(config)
    if architecture == "mpnet":
        pieces = wordpiece(hub.MPNetTokenizer, ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"])
        return pieces, hub.MPNetModel(hub.MPNetConfig(vocab_size=len(pieces), **shifted))
    if architecture == "roberta":
        pieces = byte_pairs(hub.RobertaTokenizer, roberta)
        return pieces, hub.RobertaModel(hub.RobertaConfig(vocab_size=len(pieces), **shifted))
    if architecture == "xlm-roberta":
        pieces = unigram(hub.XLMRobertaTokenizer, roberta)
        return pieces, hub.XLMRobertaModel(hub.XLMRobertaConfig(vocab_size=len(pieces), **shifted))
    if architecture == "modernbert":
        pieces = hub.PreTrainedTokenizerFast(
            tokenizer_object=byte_pairs(hub.RobertaTokenizer, roberta).backend_tokenizer,
            pad_token="<pad>",
            cls_token="<s>",
            sep_token="</s>",
        )
        ids = {"bos_token_id": 0, "cls_token_id": 0, "eos_token_id": 2, "sep_token_id": 2}
        config = hub.ModernBertConfig(
            vocab_size=len(pieces),
            local_attention=8,
            global_attn_every_n_layers=2,
            pad_token_id=1,
            **ids,
            **{**plain, "num_hidden_layers": 2},  # the second sees only what is near
        )
        return pieces, hub.ModernBertModel(config)
    if architecture == "t5":
        pieces = unigram(hub.T5Tokenizer, ["<pad>", "</s>", "<unk>"])
        sizes = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2}
        return pieces, hub.T5EncoderModel(hub.T5Config(vocab_size=len(pieces), **sizes))
    assert architecture == "qwen"
    pieces = byte_pairs(hub.Qwen2Tokenizer, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    config = hub.Qwen3Config(vocab_size=len(pieces), num_key_value_heads=2, head_dim=8, **plain)
    return pieces, hub.Qwen3Model(config)


@pytest.fixture(scope="session")
def save_model() -> Callable[..., Path]:
    """Save a model of a given architecture, with a pooling and modules after it.

    ``settings`` go to the module Transformer, ``general`` to the SentenceTransformer.
    """

    def save(
        folder: Path,
        architecture: str = "bert",
        after: Sequence[Any] | None = None,
        settings: dict[str, Any] | None = None,
        **general: Any,
    ) -> Path:
        import torch
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

        torch.manual_seed(0)
        pieces, transformer = build(architecture)
        pieces.model_max_length = 40
        with torch.no_grad():
            for parameter in transformer.parameters():
                if parameter.dim() > 1:
                    parameter.mul_(8)  # so that texts are unlike each other
        plain = folder.with_name(f"{folder.name}-plain")
        transformer.save_pretrained(plain)
        pieces.save_pretrained(plain)
        first = Transformer(str(plain), **(settings or {}))
        modules = [first, *([Pooling(16)] if after is None else after)]
        SentenceTransformer(modules=modules, **general).save(str(folder))
        return folder

    return save
