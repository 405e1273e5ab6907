"""Makes tests/data/minilm_reference.json with the real sentence-transformers library.

Needs torch and sentence-transformers, which the project itself does not:

    python benchmarks/minilm_reference.py MODEL_FOLDER tests/data/minilm_reference.json

MODEL_FOLDER holds the official files of all-MiniLM-L6-v2 (model.safetensors, tokenizer.json, modules.json, ...).
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from sentence_transformers import SentenceTransformer

LONG = (
    "Field robots must cross mud, gravel and snow without a map of what the ground will do under their wheels. "
    "We describe a rover that taps the soil with a small probe every metre, turns the sound of each tap into a "
    "spectrum, and learns from eleven weeks of driving which spectra come before slipping. "
)

SENTENCES = [
    "Topic models turn a pile of abstracts into a handful of themes.",
    "We propose a method that learns to rank citations by how much a paper depends on them, and test it on "
    "four fields from ecology to law.",
    "Bees remember flowers by scent. We record forty hives through one summer and show that foragers return to a "
    "meadow for days after its flowers have gone, which costs the hive about a tenth of its flights. A simple model "
    "of forgetting explains the delay.",
    LONG * 8,
    "Solar panels on barn roofs could power a third of dairy farms, but only where the grid takes surplus at noon. We "
    "combine aerial images of 2,300 farms with hourly milk-cooling loads and find that a small battery doubles the "
    "share of sunlight that is used.",
    "Reading aloud to infants is said to widen their vocabulary. A registered trial with 612 families finds an effect "
    "at two years that has faded by four, except in homes with more than one language.",
    "This survey orders sixty methods for summarising legal judgments by what they keep: facts, reasoning or outcome.",
    "A proof that every planar graph with few triangles can be coloured with three colours in linear time.",
    "",
    "graph",
    "État de l'art de l'apprentissage par renforcement à Zürich, naïve façade, Ångström.",
    "量子计算机如何纠正错误？ 日本語の要約も読む。",
    "Why do people react with 🙂 or 🤖 instead of words? A study of 2,000 group chats 🎉🎉",
    "Let $x_{t+1} = A x_t + \\varepsilon_t$ with C++ code, p < 0.05 & <b>tags</b> @ 3.5% (see [12]).",
    "tab\tnew\nline\u00a0no-break\u200bzero-width\u0301 combining and a soft\u00adhyphen",
    "Pneumonoultramicroscopicsilicovolcanoconiosis " + "a" * 150,
    "CAPITALS ONLY: DEEP LEARNING FOR PROTEIN STRUCTURE",
]


def main(model_folder: Path, output: Path) -> None:
    """Write the table for the model in ``model_folder`` to ``output``."""
    model = SentenceTransformer(str(model_folder), device="cpu")
    # one at a time: padding in a batch would add its own rounding
    vectors = [model.encode(sentence, normalize_embeddings=True).tolist() for sentence in SENTENCES]
    reference = {
        "made_with": {
            "model": "sentence-transformers/all-MiniLM-L6-v2",
            "weights_sha256": hashlib.sha256((model_folder / "model.safetensors").read_bytes()).hexdigest(),
            "max_seq_length": model.max_seq_length,
            "python": platform.python_version(),
            **{name: version(name) for name in ("sentence-transformers", "transformers", "tokenizers", "torch")},
        },
        "sentences": [
            {"text": text, "n_tokens": len(model.tokenizer(text)["input_ids"]), "vector": [round(v, 8) for v in vector]}
            for text, vector in zip(SENTENCES, vectors, strict=True)
        ],
    }
    lines = ",\n".join(json.dumps(sentence, ensure_ascii=True) for sentence in reference["sentences"])
    head = json.dumps({"made_with": reference["made_with"]}, indent=1)[:-2]
    output.write_text(f'{head},\n "sentences": [\n{lines}\n]}}\n', encoding="utf-8")
    print(json.dumps(reference["made_with"], indent=1))
    print([sentence["n_tokens"] for sentence in reference["sentences"]])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
