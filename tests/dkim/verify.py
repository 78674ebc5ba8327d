"""Verifies the DKIM signatures of all mails in a folder, with a public key in place of the DNS."""
import base64
import pathlib
import sys

import dkim

folder, key = map(pathlib.Path, sys.argv[1:])
record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(key.read_bytes())
mails = sorted(folder.glob("*.eml"))
assert mails, "there is no mail"
for path in mails:
    mail = path.read_bytes()

    def published(name, timeout=5):
        assert name.rstrip(b".") == b"support._domainkey.example.com", name
        return record

    assert dkim.verify(mail, dnsfunc=published), f"{path.name}: the signature is wrong"
    spoilt = mail.replace(b"Subject: ", b"Subject: not ", 1)
    assert not dkim.verify(spoilt, dnsfunc=published), "a changed subject was accepted"
    signature = mail.split(b"DKIM-Signature:", 1)[1].split(b"\n\r\n" if b"\n\r\n" in mail else b"\n\n", 1)[0]
    signed = b"".join(signature.split()).split(b";h=", 1)[1].split(b";", 1)[0].lower().split(b":")
    for header in [b"from", b"to", b"subject", b"date"]:
        assert header in signed, f"{header} is not signed: {signed}"
    for header in [b"list-unsubscribe", b"list-unsubscribe-post"]:
        has = b"\n" + header + b":" in mail.lower()
        assert not has or header in signed, f"{header} is not signed: {signed}"
    print(f"{path.name}: verified, {len(signed)} headers signed")
