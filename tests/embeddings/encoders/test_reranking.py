"""Any cross-encoder in a folder puts passages in order, and nothing else is loaded."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.encoders.reranking import Reranker
from embeddings.errors import ModelError
from tests.embeddings.encoders.conftest import SIZES, wordpiece

TEXTS = ["Peace talks in Geneva.", "Rebels talk.", "peace", ""]


@pytest.fixture(scope="module")
def save(tmp_path_factory):
    """Save a cross-encoder of random weights with so many scores."""

    def save_one(scores):
        import torch
        import transformers as hub
        from sentence_transformers import CrossEncoder

        torch.manual_seed(0)
        plain, folder = tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("reranker")
        pieces = wordpiece(hub.BertTokenizer, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
        pieces.model_max_length = 40
        config = hub.BertConfig(
            vocab_size=len(pieces), max_position_embeddings=40, num_labels=scores, **SIZES
        )
        model = hub.BertForSequenceClassification(config)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(8)  # so that scores are unlike each other
        model.save_pretrained(plain)
        pieces.save_pretrained(plain)
        CrossEncoder(str(plain), device="cpu", local_files_only=True).save_pretrained(str(folder))
        return folder

    return save_one


@pytest.fixture(scope="module")
def saved(save):
    return save(1)


def test_scores_are_those_of_sentence_transformers(saved):
    import torch
    from sentence_transformers import CrossEncoder

    peer = CrossEncoder(str(saved), device="cpu", local_files_only=True)
    pairs = [("peace talks", text) for text in TEXTS]
    expected = peer.predict(pairs, activation_fn=torch.nn.Sigmoid(), show_progress_bar=False)
    found = Reranker(str(saved)).score("peace talks", TEXTS)
    assert found == pytest.approx(expected, abs=1e-6)
    assert len(set(np.round(found, 5))) == len(TEXTS)
    assert len(Reranker(str(saved)).score("peace talks", [])) == 0


def test_a_classifier_of_several_classes_is_refused(save):
    with pytest.raises(ModelError, match="3 classes"):
        Reranker(str(save(3))).score("talks", TEXTS)


def test_weights_that_run_code_are_not_read(saved, tmp_path):
    (tmp_path / "config.json").write_bytes((saved / "config.json").read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nsystem\n")
    with pytest.raises(ModelError, match="safetensors"):
        Reranker(str(tmp_path)).score("talks", TEXTS)
