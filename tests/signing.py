"""Videos with content credentials, signed by certificates that are made here."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = "Example Camera App"
_CREATED = {
    "action": "c2pa.created",
    "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
}
_MANIFEST = {
    "claim_generator_info": [{"name": PROGRAM, "version": "1"}],
    "title": "talk.mp4",
    "assertions": [{"label": "c2pa.actions", "data": {"actions": [_CREATED]}}],
}


@dataclass(frozen=True)
class Signer:
    """A camera: its certificate with that of its authority, its key, and the authority's, as PEM."""

    chain: bytes
    key: bytes
    authority: bytes


def make_signer(name: str = "Example Camera", organisation: str = "Example News") -> Signer:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now = datetime.datetime.now(datetime.UTC)
    root, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))

    def named(common: str) -> x509.Name:
        parts = ((NameOID.COMMON_NAME, common), (NameOID.ORGANIZATION_NAME, organisation))
        return x509.Name([x509.NameAttribute(what, text) for what, text in parts])

    def begin(subject: str, key: Any, *, authority: bool) -> x509.CertificateBuilder:
        usage = dict.fromkeys(
            (
                "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                "encipher_only", "decipher_only",
            ),
            False,
        )  # fmt: skip
        usage |= {"digital_signature": not authority, "key_cert_sign": authority, "crl_sign": authority}
        return (
            x509.CertificateBuilder()
            .subject_name(named(subject))
            .issuer_name(named("Example Root"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )

    authority = begin("Example Root", root, authority=True).sign(root, hashes.SHA256())
    leaf = (
        begin(name, own, authority=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False)
        .sign(root, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    key = own.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Signer(leaf.public_bytes(pem) + authority.public_bytes(pem), key, authority.public_bytes(pem))


def sign(video: Path, signed: Path, signer: Signer, address: str | None = None) -> Path:
    """Write a video with content credentials; with `address`, one that only says that they lie there."""
    import c2pa

    info = c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, signer.chain, signer.key, None)
    builder = c2pa.Builder(_MANIFEST)
    if address is not None:
        builder.set_no_embed()
        builder.set_remote_url(address)
    with video.open("rb") as source, signed.open("w+b") as target:
        builder.sign(c2pa.Signer.from_info(info), "video/mp4", source, target)
    return signed


def alter(signed: Path, altered: Path) -> Path:
    """Write the same file with one bit of its pictures changed."""
    content = bytearray(signed.read_bytes())
    content[content.rfind(b"mdat") + 100] ^= 1
    altered.write_bytes(content)
    return altered
