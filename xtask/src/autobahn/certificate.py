"""Makes a certificate for 127.0.0.1 that vouches for itself, and its key, both as PEM.

    certificate.py CERTIFICATE KEY

For Python 2.7, in the environment of wstest, which has OpenSSL.
"""

import sys

from OpenSSL import crypto

HOUR = 3600

key = crypto.PKey()
key.generate_key(crypto.TYPE_RSA, 2048)

certificate = crypto.X509()
certificate.set_version(2)
certificate.set_serial_number(1)
certificate.get_subject().CN = "wstest"
certificate.set_issuer(certificate.get_subject())
certificate.gmtime_adj_notBefore(-HOUR)
certificate.gmtime_adj_notAfter(24 * HOUR)
certificate.add_extensions([
    crypto.X509Extension("basicConstraints", True, "CA:FALSE"),
    crypto.X509Extension("subjectAltName", False, "IP:127.0.0.1"),
])
certificate.set_pubkey(key)
certificate.sign(key, "sha256")

for path, text in zip(sys.argv[1:], [
    crypto.dump_certificate(crypto.FILETYPE_PEM, certificate),
    crypto.dump_privatekey(crypto.FILETYPE_PEM, key),
]):
    with open(path, "wb") as file:
        file.write(text)
