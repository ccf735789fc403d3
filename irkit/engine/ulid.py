"""Run ids: ULIDs, which sort by time and are easy to read out (Crockford base 32, 26 letters)."""

from datetime import datetime
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS: Final = 26
_RANDOM_BYTES: Final = 10


def ulid(moment: datetime, randomness: bytes) -> str:
    """Return the ULID of `moment` with 80 bits of `randomness`."""
    assert len(randomness) == _RANDOM_BYTES, "a ULID has 80 random bits"
    milliseconds = int(moment.timestamp() * 1000)
    number = milliseconds << 80 | int.from_bytes(randomness)
    letters = []
    for _ in range(_LETTERS):
        number, index = divmod(number, 32)
        letters.append(_ALPHABET[index])
    return "".join(reversed(letters))


def speakable(randomness: bytes) -> str:
    """Return a name people can say over the phone, such as `teal-otter`."""
    colour = _COLOURS[randomness[0] % len(_COLOURS)]
    animal = _ANIMALS[randomness[1] % len(_ANIMALS)]
    return f"{colour}-{animal}"


_COLOURS: Final = (  # noqa: SIM905  # one line a dozen words reads better
    "amber azure beige black blue brass bronze brown cherry cobalt copper coral cream crimson "
    "ebony gold green grey indigo ivory jade lemon lilac lime maroon mint navy ochre olive orange "
    "pearl pink plum purple red rose ruby rust sand scarlet silver slate tan teal umber violet "
    "white wine yellow"
).split()
_ANIMALS: Final = (  # noqa: SIM905
    "ant badger bat bear beaver bee bison boar bull camel cat cheetah cobra cow crab crane crow "
    "deer dingo dove duck eagle eel elk falcon ferret finch fox frog gecko goat goose hare hawk "
    "heron horse ibis jackal jay koala lark lemur lion lizard llama lynx mole moose moth mouse "
    "mule newt otter owl ox panda pigeon pony puma quail rabbit raven robin seal shark sheep "
    "skunk sloth snail snake spider squid stork swan swift tiger toad trout tuna turtle viper "
    "vole wasp weasel whale wolf wombat wren yak zebra"
).split()
