#include "plugins/partners/webhook/settings.h"
#include "plugins/partners/webhook/base64.h"
#include "plugins/partners/webhook/crypto.h"
#include "plugins/partners/webhook/secret_file.h"
#include "tests/unit/webhook/temporary_folder.h"

#include <capnp/message.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <functional>

using namespace sanad::webhook;

namespace {

const std::string seed(32, 's');

/// A configuration that is right, for a test to break in one place.
class Configuration {
public:
    Configuration() {
        config_.setPartner("جمعية مثال – Association Exemple");
        config_.setEndpoint("https://ngo.example.org/hooks/sanad?v=1");
        config_.setSigningKeyFile(folder_.write("signing.key", "whsk_" + to_base64(seed) + "\n"));
        config_.initCallbackKeys(1).set(0, format_public_key(std::string(32, '\x01')));
    }
    Config::Builder operator*() { return config_; }
    Config::Builder* operator->() { return &config_; }
    TemporaryFolder& folder() { return folder_; }
    std::string fault() {
        const auto settings = check(config_.asReader());
        if (settings) return "";
        return std::string(settings.error().field) + ": " + std::string(settings.error().code);
    }

private:
    TemporaryFolder folder_;
    capnp::MallocMessageBuilder message_;
    Config::Builder config_ = message_.initRoot<Config>();
};

std::string fault_with(const std::function<void(Config::Builder)>& change) {
    Configuration configuration;
    change(*configuration);
    return configuration.fault();
}

}  // namespace

TEST_CASE("a right configuration is taken over") {
    Configuration configuration;
    const auto settings = check(configuration->asReader());
    REQUIRE(settings);
    CHECK(settings->seed == seed);
    CHECK(settings->endpoint.host == "ngo.example.org");
    CHECK(settings->endpoint.target == "/hooks/sanad?v=1");
    CHECK(settings->languages == std::vector{Language::ar, Language::fr, Language::en});
    CHECK(settings->helpline[index_of(Language::ar)] == "خط مساعدة الأطفال");
    CHECK(settings->takes_callbacks());
    CHECK(settings->public_base.empty());
}

TEST_CASE("escalations leave this machine only over TLS") {
    const auto endpoint = [](const char* url) {
        return fault_with([=](Config::Builder config) { config.setEndpoint(url); });
    };
    for (const char* url : {"http://127.0.0.1:8080/hook", "http://[::1]/", "http://localhost:1/x"})
        CHECK(endpoint(url).empty());
    for (const char* url :
         {"http://ngo.example.org/", "http://192.168.1.4/", "http://127.0.0.1.example/"})
        CHECK(endpoint(url) == "endpoint: url_not_private");
    for (const char* url : {"", "ngo.example.org", "ftp://ngo.example.org/", "https://",
                            "https://user:word@ngo.example.org/", "https://ngo.example.org:0/",
                            "https://ngo.example.org/a b", "https://ngo.example.org/#a"})
        CHECK(endpoint(url) == "endpoint: url_malformed");
}

TEST_CASE("the door is open to other machines only with TLS and a public address") {
    const auto door = [](const char* address, const char* certificate, const char* url) {
        return fault_with([=](Config::Builder config) {
            config.setListenAddress(address);
            config.setCertificateFile(certificate);
            config.setCertificateKeyFile(certificate);
            config.setPublicUrl(url);
        });
    };
    CHECK(door("127.0.0.1", "", "https://partners.example.org/").empty());
    CHECK(door("0.0.0.0", "", "https://partners.example.org") == "certificateFile: tls_missing");
    CHECK(door("0.0.0.0", "c.pem", "https://partners.example.org").empty());
    CHECK(door("0.0.0.0", "c.pem", "") == "publicUrl: url_missing");
    CHECK(door("127.0.0.1", "", "http://partners.example.org") == "publicUrl: url_not_private");
    CHECK(door("127.0.0.1", "", "https://partners.example.org/?a") == "publicUrl: url_malformed");
    CHECK(fault_with([](Config::Builder config) { config.setCertificateFile("c.pem"); }) ==
          "certificateKeyFile: tls_missing");
}

TEST_CASE("our own key is no key of the partner") {
    CHECK(fault_with([](Config::Builder config) {
              config.initCallbackKeys(1).set(0, format_public_key(ed25519_public_key(seed)));
          }) == "callbackKeys: same_as_ours");
    CHECK(fault_with([](Config::Builder config) {
              config.initCallbackKeys(1).set(0, "whpk_AAAA");
          }) == "callbackKeys: key_malformed");
    CHECK(fault_with([](Config::Builder config) { config.initCallbackKeys(5); }) ==
          "callbackKeys: too_many");
    CHECK(fault_with([](Config::Builder config) { config.initCallbackKeys(0); }).empty());
}

TEST_CASE("names, languages and times have limits") {
    const auto partner = [](std::size_t bytes) {
        return fault_with(
            [=](Config::Builder config) { config.setPartner(std::string(bytes, 'n')); });
    };
    CHECK(partner(0) == "partner: name_malformed");
    CHECK(partner(display_name_bytes_max).empty());
    CHECK(partner(display_name_bytes_max + 1) == "partner: name_malformed");
    CHECK(fault_with([](Config::Builder config) { config.setPartner("a\nb"); }) ==
          "partner: name_malformed");
    CHECK(fault_with([](Config::Builder config) { config.initHelpline().setFr(""); }) ==
          "helpline: name_malformed");
    CHECK(fault_with([](Config::Builder config) { config.initLanguages(0); }) ==
          "languages: language_missing");
    CHECK(fault_with([](Config::Builder config) {
              auto languages = config.initLanguages(2);
              languages.set(0, "fr");
              languages.set(1, "fr");
          }) == "languages: language_unknown");
    for (const std::uint32_t ms : {99U, 30'001U})
        CHECK(fault_with([=](Config::Builder config) { config.setConnectTimeoutMs(ms); }) ==
              "connectTimeoutMs: out_of_range");
    for (const std::uint32_t ms : {99U, 60'001U})
        CHECK(fault_with([=](Config::Builder config) { config.setAnswerTimeoutMs(ms); }) ==
              "answerTimeoutMs: out_of_range");
    for (const std::uint32_t ms : {100U, 30'000U})
        CHECK(fault_with([=](Config::Builder config) {
                  config.setConnectTimeoutMs(ms);
                  config.setAnswerTimeoutMs(ms);
              }).empty());
}

TEST_CASE("a secret lies in a private file of ours and nowhere else") {
    Configuration configuration;
    const std::string path = configuration.folder().write("s", "whsk_" + to_base64(seed));
    configuration->setSigningKeyFile(path);
    CHECK(configuration.fault().empty());
    REQUIRE(::chmod(path.c_str(), 0640) == 0);
    CHECK(configuration.fault() == "signingKeyFile: not_private");
    configuration->setSigningKeyFile(configuration.folder().path());
    CHECK(configuration.fault() == "signingKeyFile: not_a_file");
    configuration->setSigningKeyFile(configuration.folder().path() + "/absent");
    CHECK(configuration.fault() == "signingKeyFile: unreadable");
    configuration->setSigningKeyFile(configuration.folder().link("link", path));
    CHECK(configuration.fault() == "signingKeyFile: unreadable");
    configuration->setSigningKeyFile(configuration.folder().pipe("pipe"));
    CHECK(configuration.fault() == "signingKeyFile: not_a_file");
    configuration->setSigningKeyFile(configuration.folder().write("empty", "\n\n"));
    CHECK(configuration.fault() == "signingKeyFile: bad_size");
    configuration->setSigningKeyFile(
        configuration.folder().write("long", std::string(secret_file_bytes_max + 1, 'a')));
    CHECK(configuration.fault() == "signingKeyFile: bad_size");
    configuration->setSigningKeyFile(
        configuration.folder().write("wrong", "whpk_" + to_base64(seed)));
    CHECK(configuration.fault() == "signingKeyFile: key_malformed");
}

TEST_CASE("a secret shared with the partner is read from its file") {
    Configuration configuration;
    const std::string secret(32, 'x');
    configuration->setCallbackSecretFile(
        configuration.folder().write("shared", "whsec_" + to_base64(secret) + "\r\n"));
    const auto settings = check(configuration->asReader());
    REQUIRE(settings);
    CHECK(settings->partner_keys.shared_secrets == std::vector{secret});
    configuration->setCallbackSecretFile(configuration.folder().write("short", "whsec_AAAA"));
    CHECK(configuration.fault() == "callbackSecretFile: key_malformed");
}

TEST_CASE("a reader gets the first of the languages asked for that is offered") {
    const std::vector all{Language::ar, Language::fr, Language::en};
    CHECK(choose_language(all, "fr-MA,ar;q=0.8") == Language::fr);
    CHECK(choose_language(all, "de, en-GB;q=0.9") == Language::en);
    CHECK(choose_language(all, "") == Language::ar);
    CHECK(choose_language(all, ",,;q=1, zz") == Language::ar);
    CHECK(choose_language({Language::en}, "fr") == Language::en);
}
