#include "core/plugins/broker.h"

#include "core/plugins/configuration.h"
#include "core/plugins/host_table.h"
#include "core/plugins/library.h"
#include "tests/support/folder.h"
#include "tests/unit/plugins/recording_log.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sanad/methods.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

namespace sanad::plugins {
namespace {

constexpr Duration ample{10'000};

std::uint16_t port_of(const Descriptor& socket) {
    sockaddr_in at{};
    socklen_t size = sizeof at;
    REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
    return ntohs(at.sin_port);
}

bool reaches(std::uint16_t port) {
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
}

const ConfigurationFields here{{"listenAddress", "127.0.0.1"}, {"listenPort", "0"}};

TEST_CASE("a socket listens where the configuration says, and is the same for the next process") {
    Broker broker({"net.listen:listen"}, here);
    auto first = broker.listen("listen");
    REQUIRE(first.has_value());
    const auto port = port_of(*first);
    CHECK(reaches(port));
    *first = {};
    CHECK(reaches(port));  // the node has it too: who comes now waits
    CHECK(port_of(*broker.listen("listen")) == port);
}

TEST_CASE(
    "two versions of a plugin listen at one place, and the one that stays turns nobody away") {
    Broker former({"net.listen:listen"}, here);
    const auto port = port_of(*former.listen("listen"));
    Broker next({"net.listen:listen"}, here);
    next.take_over(former);
    CHECK(port_of(*next.listen("listen")) == port);
    former.let_go();
    CHECK(reaches(port));
    // A socket that nobody granted is not handed out because another version had it.
    Broker without({}, here);
    without.take_over(next);
    CHECK(without.listen("listen").error().fault == Fault::denied);
    without.let_go();
    next.let_go();
    CHECK_FALSE(reaches(port));
}

TEST_CASE("another address in the configuration is another socket") {
    Broker broker({"net.listen:listen"}, here);
    const auto before = port_of(*broker.listen("listen"));
    broker.configure({{"listenAddress", "127.0.0.2"}, {"listenPort", "0"}});
    REQUIRE(broker.listen("listen").has_value());
    CHECK_FALSE(reaches(before));
}

TEST_CASE("where somebody else listens already, nothing is opened") {
    Broker first({"net.listen:listen"}, here);
    const auto port = port_of(*first.listen("listen"));
    Broker second({"net.listen:listen"},
                  {{"listenAddress", "127.0.0.1"}, {"listenPort", std::to_string(port)}});
    CHECK(second.listen("listen").error().fault == Fault::busy);
}

TEST_CASE("what was not granted is not opened, however it is asked for") {
    const test::Folder folder;
    const std::string secret = folder.file("secret", "s", 0600);
    Broker broker({"net.listen:listen", "net.connect:endpoint", "secret:keyFile", "file:caFile"},
                  {{"listenAddress", "127.0.0.1"},
                   {"listenPort", "0"},
                   {"otherAddress", "127.0.0.1"},
                   {"otherPort", "0"},
                   {"endpoint", "https://Partner.example.org:8443/hook?x=1"},
                   {"elsewhere", "https://other.example.org/"},
                   {"keyFile", secret},
                   {"otherFile", secret}});
    CHECK(broker.listen("other").error().fault == Fault::denied);
    CHECK(broker.listen("").error().fault == Fault::denied);
    CHECK(broker.connect("other.example.org", 443, ample).error().fault == Fault::denied);
    CHECK(broker.connect("partner.example.org", 443, ample).error().fault == Fault::denied);
    CHECK(broker.connect("127.0.0.1", 8443, ample).error().fault == Fault::denied);
    CHECK(broker.connect("", 8443, ample).error().fault == Fault::denied);
    CHECK(broker.open("otherFile").error().fault == Fault::denied);
    CHECK(broker.open(secret).error().fault == Fault::denied);
    CHECK(broker.open("system-trust").error().fault == Fault::denied);
    CHECK(broker.open("").error().fault == Fault::denied);
    CHECK(broker.open("keyFile").has_value());
    CHECK(broker.open("caFile").error().fault == Fault::not_found);  // granted, and not filled in
}

TEST_CASE("a connection goes to the host and port of a URL in the configuration") {
    Broker listener({"net.listen:listen"}, here);
    const std::uint16_t port = port_of(*listener.listen("listen"));
    const auto connect = [&](const std::string& url, const std::string& host, std::uint16_t to) {
        Broker broker({"net.connect:endpoint"}, {{"endpoint", url}});
        return broker.connect(host, to, ample);
    };
    const std::string at = "127.0.0.1:" + std::to_string(port);
    CHECK(connect("http://" + at, "127.0.0.1", port).has_value());
    CHECK(connect("https://" + at + "/x?y", "127.0.0.1", port).has_value());
    CHECK(connect("http://a@" + at, "127.0.0.1", port).error().fault == Fault::denied);
    CHECK(connect(at, "127.0.0.1", port).error().fault == Fault::denied);
    CHECK(connect("http://" + at + "9", "127.0.0.1", port).error().fault == Fault::denied);
    CHECK(connect("http://127.0.0.1:1", "127.0.0.1", 1).error().fault == Fault::io);
    CHECK(connect("http://no-such-host.invalid", "no-such-host.invalid", 80).error().fault ==
          Fault::not_found);
}

TEST_CASE("a secret is read from a file that is its owner's alone, another file from any") {
    const test::Folder folder;
    const auto open = [&](const std::string& grant, const std::string& path) {
        Broker broker({grant + ":file"}, {{"file", path}});
        return broker.open("file");
    };
    const auto fault = [&](const std::string& grant, const std::string& path) {
        return open(grant, path).error().fault;
    };
    const std::string shared = folder.file("shared", "s", 0644);
    const std::string own = folder.file("own", "s", 0600);
    REQUIRE(::symlink(own.c_str(), (folder / "link").c_str()) == 0);
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK(open("secret", own).has_value());
    CHECK(fault("secret", shared) == Fault::invalid);
    CHECK_FALSE(open("secret", folder / "link").has_value());
    CHECK(fault("secret", folder / "pipe") == Fault::invalid);
    CHECK(fault("secret", folder.path()) == Fault::invalid);
    CHECK(fault("secret", folder / "absent") == Fault::not_found);
    CHECK(open("file", shared).has_value());
    CHECK(open("file", folder / "link").has_value());
}

TEST_CASE("of a folder only what lies in it is read, by no link and by no way out") {
    const test::Folder folder;
    const auto write = [](const std::filesystem::path& file) { std::ofstream(file) << "words"; };
    std::filesystem::create_directories(folder.path() / "prompts/ar");
    write(folder.path() / "prompts/ar/greeting.wav");
    write(folder.path() / "outside.wav");
    std::filesystem::create_symlink("../outside.wav", folder.path() / "prompts/link.wav");
    Broker broker({"folder:promptsFolder"},
                  {{"promptsFolder", (folder.path() / "prompts").string()}});
    CHECK(broker.open("promptsFolder/ar/greeting.wav").has_value());
    CHECK(broker.open("promptsFolder/ar/none.wav").error().fault == Fault::not_found);
    for (const char* name :
         {"promptsFolder/../outside.wav", "promptsFolder/link.wav", "promptsFolder/ar",
          "promptsFolder//etc/passwd", "promptsFolder/ar/../../outside.wav"})
        CHECK(broker.open(name).error().fault == Fault::invalid);
    CHECK(broker.open("otherFolder/ar/greeting.wav").error().fault == Fault::denied);
    CHECK(broker.open("promptsFolder").error().fault == Fault::denied);
}

TEST_CASE("a node's own list of grants takes away from what a plugin asks for, and adds nothing") {
    const std::vector<std::string> asked{"inbound.submit", "net.listen:listen"};
    CHECK(effective_grants(asked, std::nullopt) == asked);
    CHECK(effective_grants(asked, std::vector<std::string>{}).empty());
    CHECK(
        effective_grants(asked, std::vector<std::string>{"net.listen:listen", "secret:keyFile"}) ==
        std::vector<std::string>{"net.listen:listen"});
}

TEST_CASE("a method needs its grant, in process as well") {
    class Nobody final : public HostServices {
        sanad_status call(std::string_view, std::uint32_t, ByteView, Reply&) override {
            return SANAD_OK;
        }
    } nobody;
    NullLog log;
    SetClock clock;
    alignas(8) const std::uint8_t bytes[16] = {};
    const auto submit = [&](const std::string& grant) {
        Broker broker({grant}, {});
        HostTable host("echo-1", Kind::channel, nobody, log, clock, &broker);
        sanad_call call{};
        call.size = sizeof call;
        call.method = SANAD_M_SUBMIT;
        call.request = {bytes, sizeof bytes};
        return host.table().call(host.table().ctx, &call);
    };
    CHECK(submit("inbound.submit") == SANAD_OK);
    CHECK(submit("outbound.deliver") == SANAD_E_DENIED);
}

TEST_CASE("the fields of a configuration that a grant may name are read with their defaults") {
    const auto file = read_plugin(std::filesystem::path(ECHO_PLUGIN));
    const auto schema = *Configuration::load(file->config_schema);
    auto fields = schema->fields(*schema->from_json(R"({"retries": -3, "languages": ["ar"]})"));
    CHECK(fields["greeting"] == "hello");
    CHECK(fields["port"] == "8080");
    CHECK(fields["retries"] == "-3");
    CHECK_FALSE(fields.contains("languages"));
    CHECK_FALSE(fields.contains("limits"));
    CHECK_FALSE(fields.contains("secret"));
}

}  // namespace
}  // namespace sanad::plugins
