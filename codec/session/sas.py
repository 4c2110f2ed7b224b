"""Three short words that two people compare by voice.

Each byte of the handshake's `words` key picks one of 256 words. They are plain things with one or two syllables, chosen
so that no two of them sound or look alike; the list never changes its order, because both ends must say the same.
"""

SAS_WORDS = 3

_LIST = """
acorn album almond amber anchor angel apple apron arrow atlas attic autumn avocado bacon badge baker balcony
balloon bamboo banana banjo barley basket beach beaver bell berry bicycle biscuit blanket blossom boat bottle
bracelet branch bread bridge bronze broom bubble bucket buffalo butter button cabin cactus camel camera candle
canoe canvas captain carpet carrot castle cedar cello chalk cherry chess chimney cinema circus cloud clover
cobalt coconut comet compass copper coral cottage cotton cousin crane crayon cricket crystal curtain cushion
daisy dancer desert diamond dinner doctor dolphin domino dragon drawer drum eagle easel echo elbow elephant
emerald engine falcon farmer feather fiddle finger flag flute forest fossil fountain fox galaxy garden garlic
giant giraffe glacier glove goblet grape guitar hammer harbor harvest hazel helmet hockey honey hotel igloo
island ivory jacket jaguar jasmine jelly jigsaw jungle kayak kettle kitchen kitten ladder lagoon lantern
laurel lemon leopard library lily lizard lobster locket magnet magpie mango marble market meadow melon meteor
mint mirror monkey mosaic mouse museum mustard napkin needle nickel noodle nutmeg oasis ocean olive onion
opera orange orchid otter oven owl oyster paddle palace panda paper pasta peanut pebble pelican pencil penguin
pepper piano pigeon pillow pilot pirate planet plum pond pony poppy potato puppet puzzle quartz quilt rabbit
radish raft rainbow raven ribbon river robin rope safari sailor salad sandal sardine satin saturn scarf school
shadow shovel silver slipper snow soccer spider spoon squirrel stadium sugar sunset swan table tiger tomato
tulip tunnel turtle uncle valley velvet violin walnut walrus whistle window wizard yogurt zebra
"""

WORDS: tuple[str, ...] = tuple(_LIST.split())


def sas_words(key: bytes) -> tuple[str, ...]:
    """Return the words that stand for the first three bytes of `key`, for both ends to show.

    Raises ValueError when `key` is shorter than three bytes.
    """
    if len(key) < SAS_WORDS:
        raise ValueError(f"words need {SAS_WORDS} bytes, not {len(key)}")
    return tuple(WORDS[byte] for byte in key[:SAS_WORDS])
