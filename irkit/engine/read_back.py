"""Four words that stand for a plan, to be read back over the phone.

They are the first 32 bits of the digest of the exact text that is signed. That is enough to notice
a slip or a different plan among those that are open; it is no signature, and is never used as one.
"""

from hashlib import sha256
from typing import Final

COUNT: Final = 4


def read_back(text: str) -> tuple[str, ...]:
    """Return the four words of the exact `text` an approver is shown."""
    return tuple(WORDS[byte] for byte in sha256(text.encode()).digest()[:COUNT])


def same_words(said: str, wanted: tuple[str, ...]) -> bool:
    """Say whether somebody said the words, whatever stands between them."""
    return tuple(said.lower().replace(",", " ").replace("-", " ").split()) == wanted


WORDS: Final = (  # noqa: SIM905  # one line a dozen words reads better
    "acid acorn agent album alley amber anchor angle ankle apple april apron arena arrow artist "
    "atlas autumn bacon badge baker bamboo banana barrel basket battery beach beaver bell bench "
    "berry bicycle bishop blanket blossom bonfire border bottle boulder branch bread bridge broom "
    "bucket buffalo bullet butter button cabin cactus camel camera canal candle canoe canyon "
    "carbon carpet castle cattle cellar cement cherry chicken chimney circle citrus clover "
    "coconut coffee comet compass copper corner cotton cougar cradle crayon cricket crystal "
    "curtain cushion dagger daisy dancer desert diamond dinner doctor dolphin donkey dragon "
    "drawer drum eagle easel echo eleven elbow ember engine envelope fabric falcon feather fennel "
    "ferry fiddle finger flannel flute forest fossil fountain friday furnace galaxy garden garlic "
    "giant ginger giraffe glacier glove goblet granite gravel guitar hammer harbor hazel helmet "
    "hickory honey horizon hotel hunter iceberg igloo indigo insect iron island ivory jacket "
    "jaguar jasmine jelly jigsaw journal jungle kettle keyboard kitchen kitten ladder lantern "
    "laser lemon letter library lobster lumber magnet mango maple marble meadow melon mermaid "
    "mirror monkey monsoon morning mountain muffin museum napkin needle nickel night noodle "
    "nutmeg oasis ocean olive onion opera orange orchid oven oyster paddle palace panther paper "
    "parrot pebble pelican pencil pepper piano pickle pigeon pillow pilot planet plum pocket "
    "potato prism pumpkin puzzle quarry rabbit radar radio raven ribbon river rocket saddle "
    "salmon satin saturn scarlet school seven shadow silver spider sugar summer table tiger "
    "timber tomato tunnel turtle velvet village violin walnut walrus weasel window winter wizard "
    "yellow yogurt zebra zigzag zipper thunder ticket trumpet whistle"
).split()
"""One for each value of a byte."""
