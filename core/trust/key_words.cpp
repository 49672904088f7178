#include "core/trust/key_words.h"

#include "core/trust/hash.h"

namespace sanad::trust {
namespace {

constexpr std::string_view context = "sanad/key-words/v1\n";

// In the order of the alphabet, so that a word is found on paper too.
constexpr std::array<std::string_view, 256> words{
    "acorn",      "alarm",    "almond",   "amber",   "anchor",   "angel",    "apple",    "april",
    "apron",      "arrow",    "autumn",   "bacon",   "badge",    "bagel",    "balcony",  "bamboo",
    "banana",     "banjo",    "barley",   "basket",  "beach",    "beaver",   "bicycle",  "biscuit",
    "blanket",    "blossom",  "bonnet",   "bottle",  "bracelet", "branch",   "bread",    "bridge",
    "brother",    "bubble",   "bucket",   "butter",  "cabin",    "cactus",   "camel",    "candle",
    "canoe",      "canyon",   "carpet",   "carrot",  "castle",   "cedar",    "cherry",   "chestnut",
    "chimney",    "cinema",   "circle",   "clover",  "cobra",    "coconut",  "coffee",   "comet",
    "compass",    "copper",   "coral",    "cotton",  "cousin",   "cradle",   "crayon",   "cricket",
    "crystal",    "curtain",  "cushion",  "cymbal",  "daisy",    "dance",    "desert",   "diamond",
    "dinner",     "doctor",   "dolphin",  "donkey",  "dragon",   "dream",    "drum",     "eagle",
    "earth",      "echo",     "elbow",    "eleven",  "emerald",  "engine",   "envelope", "evening",
    "feather",    "fiddle",   "finger",   "flute",   "forest",   "fountain", "friday",   "frost",
    "garden",     "garlic",   "giraffe",  "glacier", "goblet",   "gold",     "gondola",  "grape",
    "guitar",     "hammer",   "harbour",  "harvest", "hazel",    "helmet",   "hill",     "holiday",
    "honey",      "horse",    "hotel",    "hundred", "igloo",    "island",   "ivory",    "jacket",
    "jaguar",     "jasmine",  "jelly",    "journey", "jungle",   "kettle",   "kitchen",  "kite",
    "koala",      "ladder",   "lagoon",   "lantern", "lavender", "lemon",    "leopard",  "library",
    "lighthouse", "lily",     "lizard",   "lobster", "locket",   "lotus",    "magnet",   "mango",
    "maple",      "marble",   "market",   "meadow",  "melon",    "merry",    "midnight", "mirror",
    "mitten",     "monday",   "mountain", "museum",  "mushroom", "napkin",   "nectar",   "needle",
    "noodle",     "northern", "nutmeg",   "oasis",   "ocean",    "october",  "olive",    "onion",
    "orange",     "orchard",  "ostrich",  "otter",   "oxygen",   "paddle",   "palace",   "panther",
    "paper",      "parrot",   "peach",    "peanut",  "pebble",   "pencil",   "penguin",  "pepper",
    "piano",      "pillow",   "pilot",    "pirate",  "planet",   "pocket",   "pony",     "potato",
    "prairie",    "pumpkin",  "puzzle",   "pyramid", "quartz",   "quiet",    "rabbit",   "radio",
    "rainbow",    "raven",    "ribbon",   "river",   "robin",    "rocket",   "rose",     "ruby",
    "saddle",     "saffron",  "salad",    "sandal",  "saturn",   "scarf",    "school",   "seven",
    "shadow",     "shepherd", "silver",   "sister",  "slipper",  "snow",     "soldier",  "spider",
    "spoon",      "spring",   "squirrel", "stadium", "summer",   "sunday",   "swallow",  "table",
    "tailor",     "teapot",   "temple",   "theatre", "thunder",  "ticket",   "tiger",    "timber",
    "tomato",     "torch",    "tractor",  "train",   "trumpet",  "tulip",    "tunnel",   "turtle",
    "twenty",     "umbrella", "valley",   "vanilla", "velvet",   "village",  "violin",   "volcano",
};

std::array<std::uint8_t, key_words_count> shown_bytes(ByteView key) {
    Bytes said(context.begin(), context.end());
    append(said, key);
    const auto hash = sha256(said);
    std::array<std::uint8_t, key_words_count> bytes{};
    std::copy_n(hash.begin(), bytes.size(), bytes.begin());
    return bytes;
}

}  // namespace

const std::array<std::string_view, 256>& key_word_list() { return words; }

std::string key_words(ByteView key) {
    std::string text;
    for (const auto byte : shown_bytes(key)) {
        if (!text.empty()) text += '-';
        text += words[byte];
    }
    return text;
}

std::string key_digits(ByteView key) {
    std::string text;
    for (const auto byte : shown_bytes(key)) {
        if (!text.empty()) text += '-';
        const auto digits = std::to_string(byte);
        text += std::string(3 - digits.size(), '0') + digits;
    }
    return text;
}

}  // namespace sanad::trust
