#include "core/plugins/configuration.h"

#include "core/base/message.h"
#include "core/plugins/manifest.h"
#include "tests/unit/plugins/echo/echo_config.capnp.h"

#include <catch2/catch.hpp>

namespace sanad::plugins {
namespace {

const Configuration& echo_configuration() {
    static const auto loaded =
        *Configuration::load(read_plugin(std::filesystem::path(ECHO_PLUGIN))->config_schema);
    return *loaded;
}

// Why a configuration is refused; "" when it is not.
std::string refusal(std::string_view json) {
    const auto made = echo_configuration().from_json(json);
    return made ? "" : std::string(name(made.error().fault)) + " " + made.error().detail;
}

template <typename Use>
void with(const Result<Bytes>& made, Use use) {
    INFO((made ? "" : made.error().detail));
    REQUIRE(made.has_value());
    const auto read = read_message<echo::Config>(*made, [&](echo::Config::Reader config) {
        use(config);
        return Result<void>();
    });
    REQUIRE(read.has_value());
}

TEST_CASE("what can be set is listed with its path and type, before anything of the plugin runs") {
    const auto settings = echo_configuration().settings();
    CHECK_FALSE(settings.contains("limits"));  // its fields are there
    CHECK(settings.at("greeting") == "text");
    CHECK(settings.at("port") == "whole number");
    CHECK(settings.at("delay") == "number");
    CHECK(settings.at("loud") == "true or false");
    CHECK(settings.at("mode") == "choice");
    CHECK(settings.at("languages") == "list");
    CHECK(settings.at("limits.perMinute") == "whole number");
    CHECK(settings.at("secret") == "data");
}

TEST_CASE("settings that are left out have the schema's defaults") {
    with(echo_configuration().from_json("{}"), [](echo::Config::Reader config) {
        CHECK(from_text(config.getGreeting()) == "hello");
        CHECK(config.getPort() == 8080);
        CHECK(config.getLimits().getPerMinute() == 60);
    });
}

TEST_CASE("each type of setting is taken from JSON") {
    const auto made = echo_configuration().from_json(R"({
        "greeting": "مرحبا", "port": 65535, "retries": -3, "delay": 1.5, "loud": true,
        "mode": "polite", "languages": ["ar", "fr"], "limits": {"burst": 255}, "secret": [1, 2, 255]})");
    with(made, [](echo::Config::Reader config) {
        CHECK(from_text(config.getGreeting()) == "مرحبا");
        CHECK(config.getPort() == 65535);
        CHECK(config.getRetries() == -3);
        CHECK(config.getDelay() == 1.5);
        CHECK(config.getLoud());
        CHECK(config.getMode() == echo::Config::Mode::POLITE);
        REQUIRE(config.getLanguages().size() == 2);
        CHECK(from_text(config.getLanguages()[1]) == "fr");
        CHECK(config.getLimits().getBurst() == 255);
        CHECK(config.getLimits().getPerMinute() == 60);
        CHECK(config.getSecret().size() == 3);
    });
}

TEST_CASE("a wrong setting is refused with its path and what it must be") {
    CHECK(refusal(R"({"prot": 80})") == "invalid prot: no such setting");
    CHECK(refusal(R"({"limits": {"perMinuet": 1}})") ==
          "invalid limits.perMinuet: no such setting");
    CHECK(refusal(R"({"port": "5"})") == "invalid port: must be a number");
    CHECK(refusal(R"({"port": 1.5})") == "invalid port: must be a whole number");
    CHECK(refusal(R"({"port": 65536})") == "invalid port: out of range");
    CHECK(refusal(R"({"port": -1})") == "invalid port: out of range");
    CHECK(refusal(R"({"limits": {"burst": 256}})") == "invalid limits.burst: out of range");
    CHECK(refusal(R"({"retries": -2147483649})") == "invalid retries: out of range");
    CHECK(refusal(R"({"greeting": 7})") == "invalid greeting: must be a text");
    CHECK(refusal(R"({"loud": "yes"})") == "invalid loud: must be true or false");
    CHECK(refusal(R"({"mode": "rude"})") == "invalid mode: must be one of plain, polite");
    CHECK(refusal(R"({"mode": 1})") == "invalid mode: must be one of plain, polite");
    CHECK(refusal(R"({"languages": "ar"})") == "invalid languages: must be a list");
    CHECK(refusal(R"({"languages": ["ar", 5]})") == "invalid languages[1]: must be a text");
    CHECK(refusal(R"({"secret": [256]})") == "invalid secret[0]: out of range");
    CHECK(refusal(R"({"limits": 5})") == "invalid limits: must be an object");
    CHECK(refusal(R"({"port": null})") == "invalid port: must be a number");
    CHECK(refusal(R"({"port": 1, "port": 2})") == "invalid port: given twice");
    CHECK(refusal(R"({"limits": {"burst": 1, "burst": 1}})") ==
          "invalid limits.burst: given twice");
}

TEST_CASE("what is no JSON object is refused without being quoted") {
    for (const char* broken :
         {"", "{", "[1]", "5", "{\"port\": }", "{} {}", "{'port': 1}", "\"secret\""}) {
        const std::string why = refusal(broken);
        CHECK_FALSE(why.empty());
        CHECK(why.find("secret") == why.npos);
    }
    std::string deep;
    for (int i = 0; i < 1000; ++i) deep += "{\"limits\":";
    CHECK_FALSE(refusal(deep).empty());
    CHECK(refusal(std::string(config_json_bytes_max + 1, ' ')).starts_with("bad_size"));
    CHECK(refusal("{}" + std::string(config_json_bytes_max - 2, ' ')).empty());
}

TEST_CASE("key and value settings are read as the schema wants them") {
    const auto made = echo_configuration().from_pairs({{"greeting", "say \"hi\"\n5"},
                                                       {"port", "81"},
                                                       {"delay", "-0.25"},
                                                       {"loud", "true"},
                                                       {"mode", "polite"},
                                                       {"limits.perMinute", "7"}});
    with(made, [](echo::Config::Reader config) {
        CHECK(from_text(config.getGreeting()) == "say \"hi\"\n5");
        CHECK(config.getPort() == 81);
        CHECK(config.getDelay() == -0.25);
        CHECK(config.getLoud());
        CHECK(config.getMode() == echo::Config::Mode::POLITE);
        CHECK(config.getLimits().getPerMinute() == 7);
        CHECK(config.getLimits().getBurst() == 5);
    });
    with(echo_configuration().from_pairs({}), [](auto config) { CHECK(config.getPort() == 8080); });
}

TEST_CASE("a wrong key or value is refused with its path") {
    const auto why = [](std::vector<std::pair<std::string, std::string>> pairs) {
        const auto made = echo_configuration().from_pairs(pairs);
        return made ? "" : made.error().detail;
    };
    CHECK(why({{"prot", "1"}}) == "prot: no such setting");
    CHECK(why({{"limits.burst.more", "1"}}) == "limits.burst.more: no such setting");
    CHECK(why({{"limits", "1"}}) == "limits: no such setting");
    CHECK(why({{"port", "81x"}}) == "port: must be a number");
    CHECK(why({{"port", ""}}) == "port: must be a number");
    CHECK(why({{"port", "nan"}}) == "port: must be a number");
    CHECK(why({{"port", "-inf"}}) == "port: must be a number");
    CHECK(why({{"port", "70000"}}) == "port: out of range");
    CHECK(why({{"loud", "1"}}) == "loud: must be true or false");
    CHECK(why({{"mode", "rude"}}) == "mode: must be one of plain, polite");
    CHECK(why({{"languages", "ar"}}) == "languages: can only be given as JSON");
    CHECK(why({{"port", "1"}, {"port", "2"}}) == "port: given twice");
    std::vector<std::pair<std::string, std::string>> many(config_pairs_max + 1, {"port", "1"});
    CHECK(why(many) == "too many settings");
}

TEST_CASE("a damaged configuration schema is refused") {
    const Bytes schema = read_plugin(std::filesystem::path(ECHO_PLUGIN))->config_schema;
    CHECK_FALSE(Configuration::load({}).has_value());
    CHECK_FALSE(Configuration::load(ByteView(schema).first(schema.size() - 3)).has_value());
    CHECK_FALSE(Configuration::load(ByteView(schema).first(schema.size() / 16 * 8)).has_value());
    for (std::size_t at = 0; at < schema.size(); ++at) {
        Bytes damaged = schema;
        damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (at % 2 == 0 ? 0xff : 0x01));
        const auto loaded = Configuration::load(damaged);  // refused or not, but never our end
        if (loaded) (void)(*loaded)->from_json(R"({"port": 5, "limits": {"burst": 1}})");
    }
}

TEST_CASE("a plugin's own rules are kept before any of its code runs") {
    const auto ruled = [](const std::string& rest) {
        return refusal(R"({"ruled": {"endpoint": "https://a.example")" + rest + "}}");
    };
    CHECK(ruled("").empty());
    CHECK(refusal(R"({"ruled": {}})") == "invalid ruled.endpoint: is missing");
    CHECK(refusal(R"({"ruled": {"endpoint": ""}})") == "invalid ruled.endpoint: must not be empty");
    CHECK(refusal(R"({"ruled": {"endpoint": "ftp://a.example"}})") ==
          "invalid ruled.endpoint: must look like https?://[a-z.]+");
    CHECK(refusal(R"({"ruled": {"endpoint": "https://)" + std::string(1'020, 'a') + R"("}})") ==
          "invalid ruled.endpoint: is too long");
    CHECK(ruled(R"(, "name": "ab")").empty());
    CHECK(ruled(R"(, "name": "")").empty());  // not given
    CHECK(ruled(R"(, "name": "a")") == "invalid ruled.name: must have at least 2 bytes");
    CHECK(ruled(R"(, "name": "abcdef")") == "invalid ruled.name: must have at most 5 bytes");
    CHECK(ruled(R"(, "codes": ["ab", "cd"])").empty());
    CHECK(ruled(R"(, "codes": [])") == "invalid ruled.codes: must have at least 1 entries");
    CHECK(ruled(R"(, "codes": ["ab", "c1"])") == "invalid ruled.codes[1]: must look like [a-z]{2}");
    CHECK(ruled(R"(, "broken": "a")") ==
          "invalid ruled.broken: has a rule of the plugin's that is no pattern");
    CHECK(refusal(R"({"limits": {"burst": 0}})") == "invalid limits.burst: must be at least 1");
    CHECK(refusal(R"({"limits": {"perMinute": 1001}})") ==
          "invalid limits.perMinute: must be at most 1000");
}

}  // namespace
}  // namespace sanad::plugins
