"""Can an English word end a noun phrase? Judged by its ending, with the nouns that look like something else."""

from __future__ import annotations

_NOT_NOUN = (
    "able ible al ive ous ic ical ful less ary ly ed ised ized based aware free driven specific agnostic level wise "
    "like oriented guided"
).split()
_NOUNS = frozenset(
    """
    signal retrieval removal survival goal journal animal metal trial tutorial interval potential material crystal
    arrival portal integral capital approval denial dialectal removal terminal criminal appraisal rehearsal reversal
    traversal proposal individual professional general hospital total manual mineral festival residual functional
    cannibal memorial coral serial canal pedal medal petal vial denial renewal withdrawal referral upheaval
    objective narrative perspective archive incentive drive derivative primitive alternative initiative adaptive
    executive native hive
    logic music traffic topic metric heuristic arithmetic clinic fabric characteristic critic plastic
    ceramic pandemic epidemic antibiotic diagnostic statistic mechanic rhetoric traffic magic public
    vocabulary boundary dictionary library adversary summary glossary commentary salary diary
    speed seed feed bed need breed shed embed reed weed
    family anomaly assembly supply reply fly butterfly ally
    table variable cable observable wearable deliverable syllable timetable vegetable level
    free tree wise noise
    """.split()
)
_ADJECTIVES = frozenset(
    """
    efficient recurrent latent different consistent dependent independent convergent coherent persistent invariant
    equivariant relevant redundant dense sparse convex nonconvex linear nonlinear non-linear deep large small high low
    visual robust sparse generic discrete continuous finite infinite smooth random stochastic quantum multi open real
    human new novel fast slow accurate long short rigid soft complex simple hidden joint mutual optimal minimal maximal
    neural binary modular similar circular molecular scalar angular polar monocular binocular bilinear such current
    multilingual bilingual monolingual crosslingual cross-lingual good better best private many non pre co semi self mixed
    few-shot zero-shot one-shot large-scale high-dimensional low-rank long-tail end-to-end off-the-shelf state-of-the-art
    real-time real-world open-source open-domain multi-scale multi-view fine-grained coarse-grained first second
    """.split()
)


def ends_as_noun(word: str) -> bool:
    """Whether ``word`` may be the last of a noun phrase.

    Words with capitals of their own (acronyms, names) may; of hyphenated words the last part counts, as far as it
    is not an adjective as a whole.
    """
    if any(letter.isupper() for letter in word[1:]):
        return True
    lowered = word.lower()
    last = lowered.rsplit("-", 1)[-1]
    if lowered in _ADJECTIVES or last in _ADJECTIVES:
        return False
    if last in _NOUNS or last.removesuffix("s") in _NOUNS:
        return True
    return not any(last.endswith(ending) and len(last) > len(ending) for ending in _NOT_NOUN) and last not in _NOT_NOUN
