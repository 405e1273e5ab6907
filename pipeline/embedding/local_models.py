"""Models of other libraries on this machine: their library, where a named one lies, and what its files are."""

from __future__ import annotations

import hashlib
import importlib
import os
import re
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Literal

from pipeline.embedding.embedder import EmbeddingError

ModelKind = Literal["sentence-transformers", "model2vec"]
"""The library, named as its package and as the extra that installs it."""

FOLDER_VARIABLE = "TOPIC_EXPLORER_MODELS"
"""Names a folder in which models lie, each in a folder of its own name."""

_LISTED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")
_IGNORED = {".gitattributes", "README.md"}


def check_model(kind: ModelKind, name: str) -> None:
    """Refuse a model that cannot be used, without loading anything.

    Raises
    ------
    EmbeddingError
        The library is not installed or the model is not on this machine; names the command that changes that.
    """
    if find_spec(kind.replace("-", "_")) is None:
        raise _not_installed(kind)
    find_model(kind, name)


def load_library(kind: ModelKind) -> ModuleType:
    """The library itself.

    Raises
    ------
    EmbeddingError
        It is not installed, or not whole.
    """
    try:
        return importlib.import_module(kind.replace("-", "_"))
    except ImportError as error:
        raise _not_installed(kind) from error


def _not_installed(kind: ModelKind) -> EmbeddingError:
    return EmbeddingError(f"The library {kind} is not installed. Install it with: pip install 'topic-explorer[{kind}]'")


def find_model(kind: ModelKind, name: str) -> Path:
    """The folder of a model: the one called ``name``, or else what `find_listed_model` finds.

    Raises
    ------
    EmbeddingError
        The model is not on this machine.
    """
    folder = Path(name).expanduser()
    return folder if folder.is_dir() else find_listed_model(kind, name)


def find_listed_model(kind: ModelKind, name: str) -> Path:
    """The folder of a model in the folder that ``TOPIC_EXPLORER_MODELS`` names, or in the Hugging Face cache.

    Nothing is fetched: whether a model is downloaded is the user's choice, made with the command that the message
    names.

    Raises
    ------
    EmbeddingError
        The model is not on this machine.
    """
    if not _LISTED.fullmatch(name):
        raise EmbeddingError(f"There is no folder {name} with a {kind} model.")
    if models := os.environ.get(FOLDER_VARIABLE):
        folder = Path(models).expanduser() / name
        if folder.is_dir():
            return folder
    # imported here: only these embedders need it
    from huggingface_hub import snapshot_download

    repository = f"sentence-transformers/{name}" if kind == "sentence-transformers" and "/" not in name else name
    try:
        return Path(snapshot_download(repository, local_files_only=True))
    except (OSError, ValueError) as error:  # what the library raises for an absent model and for a name it dislikes
        raise EmbeddingError(
            f"The {kind} model {name} is neither a folder nor in the Hugging Face cache of this machine. "
            f"Download it with: hf download {repository} (or name its folder: --embedder {kind}:FOLDER)."
        ) from error


def short_name(name: str) -> str:
    """``name`` without the path of a local folder, for what others may read."""
    folder = Path(name).expanduser()
    return folder.resolve().name if folder.is_dir() else name


def model_digest(folder: Path) -> str:
    """Sha256 over names and contents of all files of a model, hexadecimal; hidden files and the read-me aside.

    Raises
    ------
    EmbeddingError
        A file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.name in _IGNORED or any(part.startswith(".") for part in inside.parts) or not path.is_file():
                continue
            with path.open("rb") as stream:
                content = hashlib.file_digest(stream, "sha256").hexdigest()
            digest.update(f"{inside.as_posix()} {content}\n".encode())
    except OSError as error:
        raise EmbeddingError(f"A file of {folder.name} cannot be read: {error.strerror or error}.") from error
    return digest.hexdigest()
