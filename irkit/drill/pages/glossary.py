"""The words of an exercise, in plain English, for whoever does not spend the day with them."""

from typing import Final

TERMS: Final = (
    ("Access key", "A long-lived pair of id and secret for AWS. It outlives whoever made it."),
    ("Account (AWS)", "A separate room in the cloud, with its own machines, data and roles."),
    ("API token", "A secret with which a program acts in Okta as a person. It needs no sign-in."),
    ("Approver", "Somebody whose yes a change needs. They sign with a key of their own."),
    ("Claim", "Somebody says “contained”. Say it when it is so: it is checked."),
    ("Contained", "Nothing that the intruder holds works any more, and it was looked at twice."),
    ("Declare", "Say aloud that this is an incident. From then on people know what to drop."),
    ("Evidence", "What is kept before anything is changed, so that one can tell later what was."),
    ("Facilitator", "Leads the exercise, knows the truth, gives messages and hints."),
    ("False all-clear", "“Contained” was said, and the intruder was still in."),
    ("Federation", "Signing in to AWS by way of Okta, without a password of AWS."),
    ("Hint", "Help from the facilitator. It costs points."),
    ("Identity provider", "Where people sign in, for everything. Here it is Okta."),
    ("Inject", "A message of the exercise: a call, a mail, an alert. You see those to your role."),
    ("MFA", "A second proof at sign-in, such as a push to the phone or a code."),
    ("Playbook", "The written steps for one kind of incident. irkit carries them out."),
    ("Push fatigue", "Asking a phone for approval again and again until somebody says yes."),
    ("Read back", "Saying four words that stand for a text: both then know it is the same text."),
    ("Role (AWS)", "Rights that one puts on for some hours. A session in it is a seat of its own."),
    ("Seat", "One thing with which an intruder is in: a session, a key, a token, a machine."),
    (
        "Session",
        "Being signed in. It goes on when the password is changed, until somebody ends it.",
    ),
    ("Spoken approval", "A yes by voice. It lets people go on, and is no signature."),
    ("T+", "Exercise time since the beginning. It stands still in a pause, and may run faster."),
    ("Tabletop", "An exercise that is talked through. Nobody types commands."),
)
"""Each word with its meaning, in the order of the alphabet."""
