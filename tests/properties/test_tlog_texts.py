# SPDX-License-Identifier: Apache-2.0
"""Laws of the texts: what is written is read back, and what is read is written back, exactly."""

from hypothesis import given
from hypothesis import strategies as st

from comity.basis.errors import ComityError
from comity.basis.limits import TREE_SIZE_MAX
from comity.keys.notes import NoteSignature, SignatureType, verifier_key
from comity.keys.signing import PrivateKey
from comity.keys.suites import Algorithm
from comity.tlog.checkpoints import (
    Checkpoint,
    SignedCheckpoint,
    checkpoint_text,
    format_checkpoint,
    parse_checkpoint,
    signed_checkpoint,
    with_cosignatures,
)
from comity.tlog.evidence_proof import TlogProof, format_proof, parse_proof
from comity.tlog.policy import (
    Policy,
    PolicyGroup,
    PolicyLog,
    PolicyWitness,
    format_policy,
    parse_policy,
)
from comity.tlog.tree import EMPTY_ROOT
from comity.tlog.tree_head import parse_checkpoint_text

HASHES = st.binary(min_size=32, max_size=32)
ORIGINS = st.from_regex(r"[a-z0-9.-]{1,40}/register/[a-z0-9-]{1,64}", fullmatch=True)
HEADS = st.builds(
    Checkpoint, ORIGINS, st.integers(min_value=1, max_value=TREE_SIZE_MAX), HASHES
) | st.builds(lambda origin: Checkpoint(origin, 0, EMPTY_ROOT), ORIGINS)
LINES = st.lists(
    st.builds(
        NoteSignature,
        st.from_regex(r"[a-z0-9./-]{1,30}", fullmatch=True),
        st.binary(min_size=4, max_size=4),
        st.binary(min_size=1, max_size=100),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda line: (line.name, line.key_id),
).map(tuple)
SIGNED = st.builds(signed_checkpoint, HEADS, LINES)
KEYS = tuple(
    verifier_key(
        f"witness.example/w{number}",
        SignatureType.COSIGNATURE_ED25519,
        PrivateKey(Algorithm.ED25519, bytes([number]) * 32).public,
    )
    for number in range(6)
)
LOG = verifier_key(
    "log.example", SignatureType.ED25519, PrivateKey(Algorithm.ED25519, b"l" * 32).public
)
URLS = st.none() | st.just("https://log.example/é")


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Draw witnesses, and groups that take members nobody took before."""
    count = draw(st.integers(min_value=0, max_value=len(KEYS)))
    witnesses = tuple(
        PolicyWitness(f"w{number}", KEYS[number], draw(URLS)) for number in range(count)
    )
    free = [witness.name for witness in witnesses]
    groups: list[PolicyGroup] = []
    more = draw(st.integers(min_value=0, max_value=8))
    for _ in range(more):
        if not free:
            break
        taken = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        threshold = draw(st.integers(min_value=1, max_value=len(taken)))
        groups.append(PolicyGroup(f"g{len(groups)}", threshold, tuple(taken)))
        free = [name for name in free if name not in taken] + [groups[-1].name]
    quorum = draw(st.sampled_from(["none", *free]))
    return Policy((PolicyLog(LOG, draw(URLS)),), witnesses, tuple(groups), quorum)


@given(head=HEADS)
def test_checkpoint_texts_come_back(head: Checkpoint) -> None:
    assert parse_checkpoint_text(checkpoint_text(head)) == head


@given(signed=SIGNED)
def test_signed_checkpoints_come_back(signed: SignedCheckpoint) -> None:
    raw = format_checkpoint(signed)
    assert parse_checkpoint(raw) == signed
    assert format_checkpoint(parse_checkpoint(raw)) == raw


@given(signed=SIGNED, lines=LINES)
def test_adding_lines_twice_is_adding_them_once(
    signed: SignedCheckpoint, lines: tuple[NoteSignature, ...]
) -> None:
    once = with_cosignatures(signed, lines)
    assert with_cosignatures(once, lines) == once
    assert set(lines) <= set(once.note.signatures)
    assert once.checkpoint == signed.checkpoint


@given(
    index=st.integers(min_value=0, max_value=TREE_SIZE_MAX),
    path=st.lists(HASHES, max_size=63),
    signed=SIGNED,
    extra=st.none() | st.binary(min_size=1, max_size=50),
)
def test_proofs_come_back(
    index: int, path: list[bytes], signed: SignedCheckpoint, extra: bytes | None
) -> None:
    proof = TlogProof(index, tuple(path), signed, extra)
    raw = format_proof(proof)
    assert parse_proof(raw) == proof
    assert format_proof(parse_proof(raw)) == raw


@given(policy=policies())
def test_policies_come_back(policy: Policy) -> None:
    raw = format_policy(policy)
    assert parse_policy(raw) == policy
    assert format_policy(parse_policy(raw)) == raw


@given(signed=SIGNED, data=st.data())
def test_what_a_changed_byte_leaves_readable_is_still_written_back(
    signed: SignedCheckpoint, data: st.DataObject
) -> None:
    raw = bytearray(format_checkpoint(signed))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = parse_checkpoint(bytes(raw))
    except ComityError:
        return
    assert format_checkpoint(read) == bytes(raw)


@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_bring_anything_but_our_own_errors(raw: bytes) -> None:
    for parse in (
        parse_checkpoint,
        parse_proof,
        parse_policy,
        lambda each: parse_proof(b"c2sp.org/tlog-proof@v1\nindex 0\n" + each),
    ):
        try:
            parse(raw)
        except ComityError:
            continue
