#include "plugins/channels/phone/calls/speaker.h"
#include "plugins/channels/phone/flow/prompt_check.h"
#include "plugins/channels/phone/media/g711.h"
#include "plugins/channels/phone/media/prompt_pack.h"
#include "plugins/channels/phone/media/wave.h"
#include "tests/unit/phone/shipped_flow.h"

#include <catch2/catch.hpp>

#include <random>
#include <set>

namespace sanad::phone {
namespace {

std::string little(std::uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
    return text;
}

std::string wave_of(std::string_view data, unsigned kind = 1, unsigned bits = 16,
                    unsigned rate = 8000, unsigned channels = 1) {
    const std::string format = little(kind, 2) + little(channels, 2) + little(rate, 4) +
                               little(rate * bits / 8, 4) + little(bits / 8, 2) + little(bits, 2);
    const std::string chunks =
        "fmt " + little(16, 4) + format + "LIST" + little(3, 4) + "abc" + std::string(1, '\0') +
        "data" + little(static_cast<std::uint32_t>(data.size()), 4) + std::string(data);
    return "RIFF" + little(static_cast<std::uint32_t>(4 + chunks.size()), 4) + "WAVE" + chunks;
}

TEST_CASE("each byte of both laws is a sample, and that sample is the byte again") {
    for (int byte = 0; byte < 256; ++byte) {
        const auto code = static_cast<std::uint8_t>(byte);
        CHECK(alaw_of(linear_of_alaw[code]) == code);
        // u-law has a zero of either sign.
        if (code != 0x7f) CHECK(ulaw_of(linear_of_ulaw[code]) == code);
    }
    // G.711, table 1a and 2a: the largest and the smallest values, at 16 bits.
    CHECK(linear_of_alaw[0xaa] == 32256);
    CHECK(linear_of_alaw[0x2a] == -32256);
    CHECK(linear_of_alaw[0xd5] == 8);
    CHECK(linear_of_ulaw[0x80] == 32124);
    CHECK(linear_of_ulaw[0x00] == -32124);
    CHECK(linear_of_ulaw[0xff] == 0);
}

TEST_CASE("the louder a sample, the louder what comes out, never further off than the law allows") {
    int before_a = -32768, before_u = -32768;
    for (int sample = -32768; sample <= 32767; ++sample) {
        const auto one = static_cast<std::int16_t>(sample);
        const int a = linear_of_alaw[alaw_of(one)], u = linear_of_ulaw[ulaw_of(one)];
        REQUIRE(a >= before_a);
        REQUIRE(u >= before_u);
        REQUIRE(std::abs(a - sample) <= std::max(16, std::abs(sample) / 16));
        REQUIRE(std::abs(u - sample) <= std::max(16, std::abs(sample) / 16));
        before_a = a;
        before_u = u;
    }
    for (int byte = 0; byte < 256; ++byte) {
        const auto code = static_cast<std::uint8_t>(byte);
        const int from = linear_of_alaw[code], to = linear_of_ulaw[ulaw_of_alaw[code]];
        CHECK(std::abs(from - to) <= std::max(16, std::abs(from) / 16));
    }
}

TEST_CASE("a WAV file of three kinds is read, past chunks of no interest") {
    CHECK(*read_wave(wave_of(little(0x1234, 2) + little(0xffff, 2))) ==
          std::vector<std::int16_t>{0x1234, -1});
    CHECK(*read_wave(wave_of("\xd5\xaa", 6, 8)) == std::vector<std::int16_t>{8, 32256});
    CHECK(*read_wave(wave_of("\xff", 7, 8)) == std::vector<std::int16_t>{0});
}

TEST_CASE("what is no such WAV file is refused with what is wrong") {
    CHECK(read_wave("").error() == "no WAV file");
    CHECK(read_wave(wave_of("abcd", 1, 16, 44100)).error().starts_with("not 8 kHz"));
    CHECK(read_wave(wave_of("abcd", 1, 16, 8000, 2)).error().starts_with("not 8 kHz"));
    CHECK(read_wave(wave_of("abcd", 3, 32)).error().starts_with("not 8 kHz"));
    const std::string whole = wave_of("abcdefgh");
    CHECK(read_wave(whole.substr(0, whole.size() - 1)).error() == "cut off");
    std::mt19937 random(1);
    for (int i = 0; i < 20'000; ++i) {  // no bytes do harm
        std::string damaged = whole.substr(0, random() % (whole.size() + 1));
        for (int j = 0; j < 3 && !damaged.empty(); ++j)
            damaged[random() % damaged.size()] = static_cast<char>(random());
        const auto read = read_wave(damaged);
        if (read) REQUIRE(read->size() <= damaged.size());
    }
}

TEST_CASE("a prompt is whole frames in both laws") {
    const std::vector<std::int16_t> samples(frame_samples + 1, 1000);
    const Prompt prompt(samples);
    REQUIRE(prompt.frames() == 2);
    CHECK(prompt.alaw(0)[0] == alaw_of(1000));
    CHECK(prompt.ulaw(1)[0] == ulaw_of(1000));
    CHECK(prompt.alaw(1)[1] == alaw_silence);
    CHECK(prompt.ulaw(1)[159] == ulaw_silence);
}

// A folder in memory.
const std::string sound = wave_of("");
struct Folder {
    std::map<std::string, std::string> files;
    std::optional<std::string> operator()(const std::string& path) const {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    }
};
std::string manifest_of(const std::string& prompts, const std::string& fallback = "[]") {
    return "fallback = " + fallback + "\n" + prompts;
}
std::string entry(const std::string& id, const std::string& more = "") {
    return "[prompt." + id + "]\ntext = \"words\"\nfile = \"" + id + ".wav\"\n" + more + "\n";
}

TEST_CASE("a prompt that is missing, or not the one of the manifest, is named with its remedy") {
    const auto wrong = [](const Folder& folder) {
        const auto read = PromptPacks::read({"ar"}, folder);
        REQUIRE_FALSE(read);
        REQUIRE(read.error().size() == 1);
        return read.error()[0];
    };
    CHECK(wrong({}).starts_with("ar: no manifest.toml"));
    CHECK(wrong({{{"ar/manifest.toml", "not TOML ["}}}).starts_with("ar: manifest.toml, line 1"));
    CHECK(wrong({{{"ar/manifest.toml", manifest_of(entry("greeting"))}}}) ==
          "ar, greeting: greeting.wav is not there: put it beside manifest.toml");
    CHECK(wrong({{{"ar/manifest.toml", manifest_of(entry("greeting", "sha256 = \"00\""))},
                  {"ar/greeting.wav", sound}}})
              .find("is not what the manifest says") != std::string::npos);
    CHECK(wrong({{{"ar/manifest.toml", manifest_of("[prompt.greeting]\nfile = \"../x.wav\"\n")}}})
              .find("no file is named") != std::string::npos);
}

TEST_CASE("what is not recorded in a language is said in the one that stands in for it") {
    const std::string hash =
        "sha256 = \"8fb00b75484843b7c489a6c5c30356fffc17dfbca3c48bedb3f49fbd22d6dadc\"\n";
    Folder folder{{{"ary/manifest.toml", manifest_of("[prompt]\n", "[\"ar\"]")},
                   {"ar/manifest.toml",
                    manifest_of(entry("n1", "draft = true\n" + hash) + entry("press", hash))},
                   {"ar/n1.wav", sound},
                   {"ar/press.wav", sound}}};
    const auto packs = PromptPacks::read({"ary"}, folder);
    REQUIRE(packs);
    CHECK(packs->can_say("ary", "n1"));
    CHECK(packs->can_say("ar", "press"));
    CHECK_FALSE(packs->can_say("ary", "greeting"));
    CHECK_FALSE(packs->can_say("fr", "n1"));
    CHECK(packs->drafts() == 1);
    const Speaker speaker(*packs);
    CHECK(speaker.sounds({{Spoken::What::digits, "ary", "11#"}}).size() == 2);
}

TEST_CASE("places and waits are rounded to what is recorded, and never down") {
    using What = Spoken::What;
    CHECK(Speaker::prompts_of({What::position, "ar", "", 1}) ==
          std::vector<std::string>{"position_1"});
    CHECK(Speaker::prompts_of({What::position, "ar", "", 21}) ==
          std::vector<std::string>{"position_many"});
    CHECK(Speaker::prompts_of({What::wait, "ar", "", 4}) == std::vector<std::string>{"wait_5"});
    CHECK(Speaker::prompts_of({What::wait, "ar", "", 60}) == std::vector<std::string>{"wait_60"});
    CHECK(Speaker::prompts_of({What::wait, "ar", "", 61}) == std::vector<std::string>{"wait_long"});
    CHECK(Speaker::prompts_of({What::digits, "ar", "1*#"}) ==
          std::vector<std::string>{"n1", "star", "hash"});
}

TEST_CASE("everything that the shipped flow says has its text in each language") {
    std::set<std::string> ids = prompts_of(test::flow_of_country("ma"));
    for (const char digit : std::string("0123456789*#"))
        ids.insert(Speaker::prompts_of({Spoken::What::digits, "", std::string(1, digit)})[0]);
    for (unsigned number = 1; number <= 70; ++number) {
        ids.insert(Speaker::prompts_of({Spoken::What::position, "", "", number})[0]);
        ids.insert(Speaker::prompts_of({Spoken::What::wait, "", "", number})[0]);
    }
    CHECK(ids.size() > 80);
    for (const std::string language : {"ar", "fr", "en"}) {
        const std::string manifest = test::read_file("config/prompts/" + language + "/manifest.toml");
        for (const std::string& id : ids) {
            INFO(language << ", " << id);
            CHECK(manifest.find("[prompt." + id + "]\n") != std::string::npos);
        }
    }
}

}  // namespace
}  // namespace sanad::phone
