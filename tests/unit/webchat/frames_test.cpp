#include "plugins/channels/webchat/frames.h"

#include <catch2/catch.hpp>

#include <random>

namespace sanad::webchat {
namespace {

template <typename Kind>
Kind read(std::string_view json) {
    const auto frame = read_frame(json);
    REQUIRE(frame);
    REQUIRE(std::holds_alternative<Kind>(*frame));
    return std::get<Kind>(*frame);
}

TEST_CASE("every kind of frame of the page is understood") {
    CHECK(read<Hello>(R"({"t":"hello","after":0})").token.empty());
    const auto hello = read<Hello>(R"( {"t":"hello", "token":"abc","after":7,"press":1} )");
    CHECK(hello.token == "abc");
    CHECK(hello.after == 7);
    CHECK(hello.pressed);
    const auto say = read<Say>(
        R"({"t":"msg","cid":"abcdefgh","text":"سلام\n\"\u00e9\ud83d\ude00","lang":"ary"})");
    CHECK(say.text == "سلام\n\"é😀");
    CHECK(say.language == "ary");
    CHECK(read<Say>(R"({"t":"msg","cid":"abcdefgh","text":"a","lang":"xx"})").language.empty());
    CHECK(read<Seen>(R"({"t":"seen","seq":12})").seq == 12);
    CHECK(read<More>(R"({"t":"more","after":3})").after == 3);
    read<Typing>(R"({"t":"typing"})");
    CHECK(read<Leave>(R"({"t":"leave","how":"quick"})").quickly);
    CHECK_FALSE(read<Leave>(R"({"t":"leave","how":"closed"})").quickly);
    read<Where>(R"({"t":"where"})");
    const auto feel = read<Feel>(R"({"t":"feel","felt_safe":5,"felt_heard":1})");
    CHECK(feel.answers ==
          std::vector<std::pair<std::string, std::uint8_t>>{{"felt_heard", 1}, {"felt_safe", 5}});
    CHECK_FALSE(read_frame(R"({"t":"feel"})"));  // nothing answered is nothing to say
    CHECK_FALSE(read_frame(R"({"t":"feel","felt_safe":0})"));
    CHECK_FALSE(read_frame(R"({"t":"feel","felt_safe":6})"));
    CHECK_FALSE(read_frame(R"({"t":"feel","felt_safe":"5"})"));
    read<Ping>(R"({"t":"ping"})");
}

TEST_CASE("what is no frame is refused") {
    const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
    const std::vector<std::string> inputs = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"t\":1}",
        R"({"t":"unknown"})",
        R"({"t":"ping"}x)",
        R"({"t":"ping","t":"ping"})",
        R"({"t":"ping",})",
        R"({t:"ping"})",
        R"({"t":"seen"})",
        R"({"t":"seen","seq":-1})",
        R"({"t":"seen","seq":1.5})",
        R"({"t":"seen","seq":1e999})",
        R"({"t":"seen","seq":9999999999999999})",
        R"({"t":"seen","seq":"1"})",
        R"({"t":"hello"})",
        R"({"t":"msg","cid":"abcdefgh"})",
        R"({"t":"msg","cid":"short","text":"a","lang":"ar"})",
        R"({"t":"msg","cid":"abcdef h","text":"a","lang":"ar"})",
        R"({"t":"msg","cid":")" + std::string(33, 'a') + R"(","text":"a","lang":"ar"})",
        R"({"t":"msg","cid":"abcdefgh","text":"\ud83d","lang":"ar"})",
        R"({"t":"msg","cid":"abcdefgh","text":"\ude00","lang":"ar"})",
        R"({"t":"msg","cid":"abcdefgh","text":"\x","lang":"ar"})",
        "{\"t\":\"msg\",\"cid\":\"abcdefgh\",\"text\":\"a\nb\",\"lang\":\"ar\"}",
        "\xEF\xBB\xBF{\"t\":\"ping\"}",
        R"({"t":"ping","x":)" + deep + "}",
        R"({"t":"ping","a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1})",
    };
    for (const auto& input : inputs) {
        CAPTURE(input.substr(0, 60));
        CHECK_FALSE(read_frame(input));
    }
    read<Ping>(R"({"t":"ping","a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"__proto__":1})");
}

TEST_CASE("a name of a message has 8 to 32 characters") {
    const auto with = [](std::size_t size) {
        return read_frame(R"({"t":"msg","cid":")" + std::string(size, 'a') +
                          R"(","text":"a","lang":"ar"})");
    };
    CHECK_FALSE(with(cid_bytes_min - 1));
    CHECK(with(cid_bytes_min));
    CHECK(with(cid_bytes_max));
    CHECK_FALSE(with(cid_bytes_max + 1));
}

TEST_CASE("no bytes at all break the reader") {
    std::mt19937 random(7);
    const std::string good =
        R"({"t":"msg","cid":"abcdefgh","text":"سلام \ud83d\ude00","lang":"ary"})";
    for (int i = 0; i < 20'000; ++i) {
        std::string bad = good;
        for (int change = 0; change < 3; ++change)
            bad[random() % bad.size()] = static_cast<char>(random());
        bad.resize(random() % (bad.size() + 1));
        read_frame(bad);
    }
}

TEST_CASE("characters are counted as a person counts letters, not as bytes") {
    CHECK(characters("") == 0);
    CHECK(characters("سلام") == 4);
    CHECK(characters("a😀é") == 3);
    CHECK_FALSE(has_words(" \n\t "));
    CHECK(has_words(" . "));
}

TEST_CASE("what is written to the page can be read by it") {
    const Line line{3, 1'800'000'000'000, false, "", "a\"b\\c\n\x01"};
    CHECK(message_frame(line) ==
          R"({"t":"msg","seq":3,"at":1800000000000,"from":"helpline","cid":"",)"
          R"("text":"a\"b\\c\u000a\u0001"})");
    CHECK(welcome_frame("tok", "none", {}, false, {}, "") ==
          R"({"t":"welcome","token":"tok","state":"none","read":0,"position":0,"wait":0,)"
          R"("messages":[],"more":false})");
    CHECK(welcome_frame("tok", "none", {}, false, {}, "0001020304050607")
              .find(R"("code":"0001020304050607","words":{"ar":"قط )") != std::string::npos);
    CHECK(place_frame("waiting", {4, 2, 360}) ==
          R"({"t":"place","state":"waiting","read":4,"position":2,"wait":360})");
    CHECK(key_json("", "") == "{}");
    CHECK(ack_frame("abcdefgh", 4) == R"({"t":"ack","cid":"abcdefgh","seq":4})");
    CHECK(page_frame({line, line}, true).ends_with(R"(],"more":true})"));
}

}  // namespace
}  // namespace sanad::webchat
