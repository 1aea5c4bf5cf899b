"""Signing keys in variables, for functions that read SIGNING_KEYS and PUBLIC_KEYS. Once the template has a function that rotates
the keys, nothing calls this any more: delete the file, and what names it in rehearse.py."""

import base64
import json
import subprocess


def base64url(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def give(template):
    """Adds a fresh key to the functions that sign, its public half to all."""
    private = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-outform", "DER"], check=True,
                             capture_output=True).stdout
    public = subprocess.run(["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"], input=private,
                            check=True, capture_output=True).stdout
    # Of both forms the last 32 bytes are the key.
    key = {"kty": "OKP", "crv": "Ed25519", "x": base64url(public[-32:])}
    variables = template.sam["Globals"]["Function"]["Environment"]["Variables"]
    variables["PUBLIC_KEYS"] = json.dumps({"keys": [key]})
    signing = json.dumps({"keys": [key | {"d": base64url(private[-32:])}]})
    for function in template.of_type("AWS::Serverless::Function").values():
        own = function["Properties"].get("Environment", {}).get("Variables", {})
        if "SIGNING_KEYS_SECRET" in own:
            own["SIGNING_KEYS"] = signing
    template.change("PUBLIC_KEYS and SIGNING_KEYS are added", "the binaries read the keys there, not in the secret")
