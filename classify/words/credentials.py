"""Content credentials in words: who signed, whether the file was altered since, and what that means."""

from __future__ import annotations

from typing import Final

from extract.credentials import Credentials

_BEARS_NOT: Final = (
    "They are about the file, not about who moves in it, so the verdict does not rest on them."
)
_STATES: Final = {
    "none": "The file holds no content credentials. Most videos hold none, so this means nothing.",
    "elsewhere": "The file says that its content credentials lie at an address. Nobody asked for them there, "
    "because nothing leaves this computer.",
    "unreadable": "The file holds content credentials that cannot be read.",
}


def describe_credentials(credentials: Credentials | None) -> str:
    """Return what is known of the content credentials of a video, in sentences; None where nobody looked."""
    if credentials is None:
        return "Nobody looked for content credentials."
    if credentials.state in _STATES:
        return _STATES[credentials.state]
    return " ".join(
        (_tell_signer(credentials), _tell_state(credentials), _tell_trust(credentials), _BEARS_NOT)
    )


def _tell_signer(credentials: Credentials) -> str:
    names = [name for name in (credentials.signer, credentials.organisation) if name]
    who = " of ".join(names) or "somebody without a name"
    how = f", with {credentials.made_with}" if credentials.made_with else ""
    return f"The content credentials were signed by {who}{how}."


def _tell_state(credentials: Credentials) -> str:
    if credentials.state == "intact":
        return "The file was not altered since."
    if credentials.state == "altered":
        return "The file was altered since."
    return f"They do not hold ({', '.join(credentials.failures) or 'no reason is given'})."


def _tell_trust(credentials: Credentials) -> str:
    if credentials.trusted is None:
        return "No list of trusted signers was given, and anybody can sign with any name."
    if credentials.trusted:
        return "The signer is on the list of trusted signers."
    return "The signer is not on the list of trusted signers, and anybody can sign with any name."
