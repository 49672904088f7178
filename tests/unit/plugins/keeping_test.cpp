#include "core/base/message.h"
#include "core/plugins/configuration.h"
#include "core/plugins/host_table.h"
#include "core/plugins/isolated_instance.h"
#include "tests/unit/plugins/recording_log.h"

#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>

#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>

// What a node offers a plugin beyond its methods: a loop, values, numbers. The plugin is `keeper`.
namespace sanad::plugins {
namespace {

constexpr Duration ample{10'000};

class Node final : public HostServices {
public:
    sanad_status call(std::string_view, std::uint32_t method, ByteView request,
                      Reply& reply) override {
        if (method != SANAD_M_SUBMIT) return SANAD_E_UNSUPPORTED;
        const auto text =
            read_message<plugin::schema::Submit>(request, [](plugin::schema::Submit::Reader in) {
                return Result<std::string>(from_text(in.getText()));
            });
        if (!text) return SANAD_E_INVALID;
        capnp::MallocMessageBuilder built;
        built.initRoot<plugin::schema::SubmitReply>().setSeq(1);
        const auto status = reply.send(flatten(built));
        const std::lock_guard lock(mutex_);
        said_.push_back(*text);
        changed_.notify_all();
        return status;
    }
    sanad_status keep(std::string_view, const ValueCall& value, Reply& reply) override {
        const std::lock_guard lock(mutex_);
        const std::string key(text_of(value.key));
        const auto found = values_.find(key);
        if (value.act == ValueCall::Act::put) {
            if (key.size() + value.value.size() > value.quota) return SANAD_E_FULL;
            values_[key] = text_of(value.value);
            return SANAD_OK;
        }
        if (found == values_.end()) return SANAD_E_NOT_FOUND;
        if (value.act == ValueCall::Act::get) return reply.send(bytes_of(found->second));
        values_.erase(found);
        return SANAD_OK;
    }
    void measured(std::string_view, const Measures::Values& values) override {
        for (const auto& [name, value] : values) measures_.add(name, value.kind, value.value);
    }

    std::string wait_for_word(std::size_t which) {
        std::unique_lock lock(mutex_);
        REQUIRE(changed_.wait_for(lock, ample, [&] { return said_.size() > which; }));
        return said_[which];
    }
    std::uint64_t measure(std::string_view name) const {
        const auto all = measures_.all();
        const auto found = all.find(name);
        return found == all.end() ? 0 : found->second.value;
    }

private:
    std::mutex mutex_;  // guards all but measures_
    std::condition_variable changed_;
    std::vector<std::string> said_;
    std::map<std::string, std::string> values_;
    Measures measures_;
};

struct Keeper {
    Node& node;
    Broker& broker;
    RecordingLog log;
    SystemClock clock;
    std::unique_ptr<Instance> instance;

    Keeper(Node& of, Broker& what, bool isolated) : node(of), broker(what) {
        if (isolated) {
            Isolation isolation{PLUGIN_HOST};
            isolation.broker = &broker;
            instance = *run_isolated(KEEPER_PLUGIN, "keeper", node, log, clock, isolation);
        } else {
            instance = *run_in_process(*Library::load(KEEPER_PLUGIN), "keeper", node, log, clock,
                                       {}, &broker);
        }
        const auto file = read_plugin(std::filesystem::path(KEEPER_PLUGIN));
        const auto config = (*Configuration::load(file->config_schema))->from_json("{}");
        REQUIRE(instance->configure(*config).has_value());
        REQUIRE(instance->start().has_value());
    }
};

// A sanitizer's runtime needs more of the system than a sandbox leaves to a plugin.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
bool isolated() { return false; }
#else
bool isolated() { return GENERATE(false, true); }
#endif

TEST_CASE("a plugin waits without a thread, keeps values over its restarts, and counts") {
    const bool apart = isolated();
    Node node;
    Broker broker({"inbound.submit", "kv:64"}, {});
    {
        const Keeper keeper(node, broker, apart);
        CHECK(node.wait_for_word(0) == "put 0, too much -12, none -4, ready 1, start 1");
        // What it has counted comes along with an answer.
        REQUIRE(keeper.instance->call(SANAD_M_HEALTH, {}, ample).has_value());
        CHECK(node.measure("timers") == 1);
        CHECK(node.measure("woken") == 1);
        CHECK(node.measure("starts") == 1);
        CHECK(keeper.instance->stop().has_value());
    }
    const Keeper keeper(node, broker, apart);
    CHECK(node.wait_for_word(1) == "put 0, too much -12, none -4, ready 1, start 2");
}

TEST_CASE("without the grant nothing is kept") {
    const bool apart = isolated();
    Node node;
    Broker broker({"inbound.submit"}, {});
    if (!apart) {
        const Keeper keeper(node, broker, apart);
        CHECK(node.wait_for_word(0) == "put -3, too much -3, none -3, ready 1, start 1");
        return;
    }
    // Its fourth try is one too many.
    RecordingLog log;
    SystemClock clock;
    Isolation isolation{PLUGIN_HOST};
    isolation.broker = &broker;
    const auto instance = *run_isolated(KEEPER_PLUGIN, "keeper", node, log, clock, isolation);
    const auto file = read_plugin(std::filesystem::path(KEEPER_PLUGIN));
    REQUIRE(instance->configure(*(*Configuration::load(file->config_schema))->from_json("{}"))
                .has_value());
    CHECK_FALSE(instance->start().has_value());
    CHECK(log.holds("reason=bad_message how=denied call"));
}

TEST_CASE("the bytes that are granted are read from the grant") {
    CHECK(Broker({"kv:64"}, {}).kept_bytes() == 64);
    CHECK(Broker({"net.listen:listen", "kv:99999999999"}, {}).kept_bytes() == kept_bytes_max);
    for (const char* none : {"kv:", "kv:many", "kv:64 ", "kv:-1", "kv"})
        CHECK(Broker({none}, {}).kept_bytes() == 0);
}

TEST_CASE("sums add up, the last of a gauge stands, and a name is of one kind") {
    Measures measures;
    CHECK(measures.add("sent", Measures::Kind::count, 2));
    CHECK(measures.add("sent", Measures::Kind::count, 3));
    CHECK(measures.add("open", Measures::Kind::gauge, 7));
    CHECK(measures.add("open", Measures::Kind::gauge, 4));
    CHECK_FALSE(measures.add("sent", Measures::Kind::gauge, 1));
    const auto all = measures.all();
    CHECK(all.at("sent").value == 5);
    CHECK(all.at("open").value == 4);
    CHECK(measures.take().size() == 2);
    CHECK(measures.all().empty());
}

TEST_CASE("no name is a sentence, and no instance has more than its share of names") {
    Measures measures;
    for (const char* bad : {"", "What a child wrote", "a b", "x=1", "\n"})
        CHECK_FALSE(measures.add(bad, Measures::Kind::count, 1));
    CHECK_FALSE(
        measures.add(std::string(measure_name_bytes_max + 1, 'a'), Measures::Kind::count, 1));
    for (std::size_t i = 0; i < measures_max; ++i)
        CHECK(measures.add("n" + std::to_string(i), Measures::Kind::count, 1));
    CHECK_FALSE(measures.add("one_more", Measures::Kind::count, 1));
}

TEST_CASE("numbers cross as lines, and a line that is none is left out") {
    Measures sent;
    REQUIRE(sent.add("sent", Measures::Kind::count, 12));
    REQUIRE(sent.add("open", Measures::Kind::gauge, 3));
    Measures heard;
    heard.read(Measures::write(sent.all()));
    CHECK(heard.all().at("sent").value == 12);
    CHECK(heard.all().at("open").kind == Measures::Kind::gauge);
    Measures none;
    for (const char* line : {"", "\n", "c", "c sent", "c sent x\n", "x sent 1\n", "c  1\n",
                             "c sent 99999999999999999999\n", "csent 1\n", "c se nt 1\n"})
        none.read(bytes_of(line));
    CHECK(none.all().empty());
}

TEST_CASE("a value's key and bytes come back from a frame, and a frame that lies is refused") {
    const Bytes frame = write_value(bytes_of("place"), bytes_of("17"));
    CHECK(text_of(read_value(frame)->key) == "place");
    CHECK(text_of(read_value(frame)->value) == "17");
    CHECK_FALSE(read_value({}).has_value());
    CHECK_FALSE(read_value(Bytes{5, 'a'}).has_value());
    CHECK_FALSE(is_value({.act = {}, .key = {}, .value = {}}));
}

}  // namespace
}  // namespace sanad::plugins
