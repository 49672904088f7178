#include "plugins/channels/webchat/code_words.h"

#include <array>
#include <cstddef>
#include <string>

namespace sanad::webchat {
namespace {

using Words = std::array<std::string_view, 100>;

constexpr Words arabic{
    "قط",   "قمر",   "خبز",    "شجر",   "ورد",   "شمس",   "مطر",   "ثلج",   "ريح",   "غيم",
    "بحر",  "رمل",   "شاطئ",   "طريق",  "جسر",   "برج",   "باب",   "طاولة", "كرسي",  "مصباح",
    "كتاب", "قلم",   "ورق",    "كيس",   "فستان", "معطف",  "حذاء",  "قفاز",  "صوف",   "قطن",
    "تفاح", "كمثرى", "برتقال", "ليمون", "تمر",   "زيتون", "لوز",   "عسل",   "حليب",  "رز",
    "سكر",  "ملح",   "نعناع",  "كمون",  "فلفل",  "جزر",   "لفت",   "طماطم", "بصل",   "فجل",
    "فهد",  "نمر",   "دب",     "ذئب",   "ثعلب",  "ارنب",  "فار",   "حصان",  "بقرة",  "جمل",
    "نسر",  "حمامة", "بطة",    "بجع",   "دجاجة", "نحلة",  "نملة",  "فراشة", "دلفين", "حوت",
    "طبل",  "ناي",   "عود",    "بيانو", "كمان",  "كرة",   "مغزل",  "لغز",   "نرد",   "دمية",
    "احمر", "اخضر",  "ازرق",   "اصفر",  "وردي",  "ابيض",  "اسود",  "رمادي", "بني",   "بنفسجي",
    "قطار", "طائرة", "سفينة",  "شاحنة", "دراجة", "زورق",  "حافلة", "عربة",  "مركب",  "جرار",
};

constexpr Words french{
    "chat",     "lune",  "pain",    "arbre",  "fleur",    "soleil",  "pluie",   "neige",   "vent",
    "nuage",    "mer",   "sable",   "plage",  "route",    "pont",    "tour",    "porte",   "table",
    "chaise",   "lampe", "livre",   "stylo",  "papier",   "sac",     "robe",    "veste",   "botte",
    "gant",     "laine", "coton",   "pomme",  "poire",    "orange",  "citron",  "datte",   "olive",
    "amande",   "miel",  "lait",    "riz",    "sucre",    "sel",     "menthe",  "cumin",   "poivre",
    "carotte",  "navet", "tomate",  "oignon", "radis",    "lion",    "tigre",   "ours",    "loup",
    "renard",   "lapin", "souris",  "cheval", "vache",    "chameau", "aigle",   "colombe", "canard",
    "cygne",    "poule", "abeille", "fourmi", "papillon", "dauphin", "baleine", "tambour", "flute",
    "guitare",  "piano", "violon",  "ballon", "toupie",   "puzzle",  "domino",  "balle",   "rouge",
    "vert",     "bleu",  "jaune",   "rose",   "blanc",    "noir",    "gris",    "brun",    "violet",
    "train",    "avion", "bateau",  "camion", "velo",     "barque",  "bus",     "taxi",    "moto",
    "tracteur",
};

constexpr Words english{
    "cat",     "moon",    "bread",  "tree",   "flower",    "sun",     "rain",   "snow",   "wind",
    "cloud",   "sea",     "sand",   "beach",  "road",      "bridge",  "tower",  "door",   "desk",
    "chair",   "lantern", "book",   "pencil", "paper",     "bag",     "dress",  "jacket", "boot",
    "glove",   "wool",    "silk",   "apple",  "pear",      "peach",   "lemon",  "date",   "almond",
    "honey",   "milk",    "rice",   "sugar",  "salt",      "mint",    "pepper", "carrot", "turnip",
    "bean",    "onion",   "radish", "corn",   "spice",     "lion",    "tiger",  "bear",   "wolf",
    "fox",     "rabbit",  "mouse",  "horse",  "cow",       "camel",   "eagle",  "dove",   "duck",
    "swan",    "hen",     "bee",    "ant",    "butterfly", "dolphin", "whale",  "drum",   "whistle",
    "guitar",  "harp",    "fiddle", "ball",   "kite",      "jigsaw",  "marble", "swing",  "red",
    "green",   "blue",    "yellow", "pink",   "white",     "black",   "grey",   "brown",  "purple",
    "train",   "plane",   "boat",   "truck",  "bicycle",   "canoe",   "coach",  "cab",    "scooter",
    "tractor",
};

const Words& list_of(std::string_view language) {
    if (language == "fr") return french;
    return language == "en" ? english : arabic;
}

char32_t folded(char32_t point) {
    if (point >= 'A' && point <= 'Z') return point - 'A' + 'a';
    switch (point) {
        case 0x622:  // alef with madda, with hamza above or below
        case 0x623:
        case 0x625:
            return 0x627;
        case 0x629:  // teh marbuta
            return 0x647;
        case 0x649:  // alef maksura
            return 0x64A;
        case 0xE0:
        case 0xE2:
            return 'a';
        case 0xE8:
        case 0xE9:
        case 0xEA:
        case 0xC8:
        case 0xC9:
            return 'e';
        case 0xEE:
        case 0xEF:
            return 'i';
        case 0xF4:
            return 'o';
        case 0xFB:
        case 0xF9:
            return 'u';
        default:
            return point;
    }
}

bool is_sign(char32_t point) {  // vowel signs of Arabic and the line that stretches a word
    return (point >= 0x64B && point <= 0x652) || point == 0x640;
}

std::u32string fold(std::u32string_view word) {
    std::u32string out;
    for (const char32_t point : word)
        if (!is_sign(point)) out += folded(point);
    return out;
}

std::u32string points_of(std::string_view utf8) {  // two bytes at most: the lists have no others
    std::u32string out;
    for (std::size_t at = 0; at < utf8.size(); ++at) {
        const auto byte = static_cast<unsigned char>(utf8[at]);
        if (byte < 0x80)
            out += byte;
        else
            out += (byte & 0x1FU) << 6 | (static_cast<unsigned char>(utf8[++at]) & 0x3FU);
    }
    return out;
}

}  // namespace

std::string_view word_of_number(std::string_view language, int number) {
    return list_of(language)[static_cast<std::size_t>(number)];
}

std::optional<int> number_of_word(std::string_view language, std::u32string_view word) {
    const std::u32string wanted = fold(word);
    const Words& list = list_of(language);
    for (std::size_t number = 0; number < list.size(); ++number)
        if (fold(points_of(list[number])) == wanted) return static_cast<int>(number);
    return {};
}

}  // namespace sanad::webchat
