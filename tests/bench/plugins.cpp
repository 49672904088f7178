// What isolation costs: calls in process and isolated, with a call of the node inside and with the
// largest message; the start of a process, a restart after a crash, and the memory of a host.
#include "core/base/message.h"
#include "core/plugins/configuration.h"
#include "core/plugins/library.h"
#include "core/plugins/reply_buffer.h"
#include "core/plugins/supervised_instance.h"

#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

namespace {

using namespace sanad;
using namespace sanad::plugins;
namespace schema = sanad::plugin::schema;
using Steady = std::chrono::steady_clock;

constexpr Duration ample{60'000};

class Node final : public HostServices {
public:
    sanad_status call(std::string_view, std::uint32_t, ByteView, Reply& reply) override {
        capnp::MallocMessageBuilder built;
        built.initRoot<schema::SubmitReply>().setSeq(1);
        return reply.send(flatten(built));
    }
};

class Zeros final : public Entropy {
public:
    void fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, std::uint8_t{0}); }
};

[[noreturn]] void give_up(const std::string& what) {
    std::fprintf(stderr, "plugins: %s\n", what.c_str());
    std::exit(1);
}

template <typename T>
T need(Result<T> result) {
    if (!result) give_up(result.error().detail);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

Bytes deliver(const std::string& text) {
    capnp::MallocMessageBuilder built;
    auto request = built.initRoot<schema::Deliver>();
    request.setConversation(to_data(bytes_of(std::string(16, 'c'))));
    request.initMessage().setText(to_text(text));
    return flatten(built);
}

// Microseconds of each of `count` runs, sorted.
template <typename Work>
std::vector<double> spans(int count, Work work) {
    std::vector<double> all;
    for (int n = 0; n < count; ++n) {
        const auto begun = Steady::now();
        work();
        all.push_back(std::chrono::duration<double, std::micro>(Steady::now() - begun).count());
    }
    std::ranges::sort(all);
    return all;
}
double at(const std::vector<double>& sorted, double part) {
    return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

void run(Instance& instance, const std::string& library) {
    const auto file = need(read_plugin(std::filesystem::path(library)));
    const auto schema = need(Configuration::load(file.config_schema));
    need(instance.configure(need(schema->from_json("{}"))));
    need(instance.start());
}

// One call straight into the library: what its table costs, without strand or frames.
double no_op_ns(Node& node, Log& log, const Clock& clock) {
    const auto library = need(Library::load(PLAIN_PLUGIN));
    const auto instance = need(run_in_process(library, "plain", node, log, clock));
    static const sanad_host nobody{
        sizeof(sanad_host), SANAD_ABI_MINOR, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};
    const sanad_plugin* plugin = nullptr;
    if (library->entry().create(&nobody, &plugin) != SANAD_OK) give_up("create");
    sanad_call call{};
    call.size = sizeof call;
    call.method = SANAD_M_HEALTH;
    constexpr int times = 1'000'000;
    std::vector<double> rounds = spans(9, [&] {
        for (int n = 0; n < times; ++n) (void)plugin->call(plugin->self, &call);
    });
    plugin->destroy(plugin->self);
    return at(rounds, 0.5) * 1000 / times;
}

long child_pss_kib() {
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream children(task.path() / "children");
        for (std::string child; children >> child;) {
            std::ifstream memory("/proc/" + child + "/smaps_rollup");
            for (std::string word; memory >> word;)
                if (long kib = 0; word == "Pss:" && memory >> kib) return kib;
        }
    }
    return -1;  // not for this user to see
}

// From the crash until the next process runs, without the pause before it.
std::vector<double> restart_ms(Node& node, Log& log, const Clock& clock, int times) {
    std::mutex mutex;
    std::condition_variable changed;
    int running = 0;
    Supervision supervision;
    supervision.first_pause = supervision.longest_pause = Duration(0);
    supervision.crashes_max = times + 1;
    Zeros zeros;
    const auto file = need(read_plugin(std::filesystem::path(HOSTILE_PLUGIN)));
    const auto instance = supervise(
        file.manifest, "bench",
        [&](auto on_end) {
            Isolation isolation{PLUGIN_HOST};
            isolation.on_end = on_end;
            return run_isolated(HOSTILE_PLUGIN, "bench", node, log, clock, isolation);
        },
        supervision,
        [&](const Transition& transition) {
            const std::lock_guard lock(mutex);
            running += transition.to == InstanceState::running;
            changed.notify_all();
        },
        zeros, log, clock);
    run(*instance, HOSTILE_PLUGIN);
    const Bytes crash = deliver("segv");
    int wanted = 1;
    auto all = spans(times, [&] {
        (void)instance->call(SANAD_M_DELIVER, crash, ample);
        ++wanted;
        std::unique_lock lock(mutex);
        if (!changed.wait_for(lock, ample, [&] { return running >= wanted; }))
            give_up("it did not run again");
    });
    for (double& span : all) span /= 1000;
    return all;
}

}  // namespace

int main() {
    Node node;
    NullLog log;
    SystemClock clock;
    const double no_op = no_op_ns(node, log, clock);

    const auto in_process =
        need(run_in_process(need(Library::load(HOSTILE_PLUGIN)), "in", node, log, clock));
    run(*in_process, HOSTILE_PLUGIN);
    const auto start = spans(30, [&] {
        const auto once =
            need(run_isolated(HOSTILE_PLUGIN, "start", node, log, clock, {PLUGIN_HOST}));
        run(*once, HOSTILE_PLUGIN);
    });
    const auto isolated =
        need(run_isolated(HOSTILE_PLUGIN, "isolated", node, log, clock, {PLUGIN_HOST}));
    run(*isolated, HOSTILE_PLUGIN);
    const auto asking = need(run_isolated(ECHO_PLUGIN, "echo", node, log, clock, {PLUGIN_HOST}));
    run(*asking, ECHO_PLUGIN);

    const auto calls = [](Instance& instance, const std::string& text, int count) {
        const Bytes message = deliver(text);
        const auto once = [&] {
            if (!instance.call(SANAD_M_DELIVER, message, ample)) give_up("deliver");
        };
        (void)spans(200, once);
        return spans(count, once);
    };
    const auto in = calls(*in_process, "anything", 20'000);
    const auto out = calls(*isolated, "anything", 20'000);
    const auto both = calls(*asking, "anything", 20'000);
    const auto large = calls(*isolated, std::string(250'000, 'x'), 500);
    const long pss = child_pss_kib();
    const auto restart = restart_ms(node, log, clock, 30);
    std::printf(
        "{\"no_op_ns\": %.1f, \"in_process_us\": {\"p50\": %.1f, \"p99\": %.1f}, "
        "\"isolated_us\": {\"p50\": %.1f, \"p99\": %.1f}, \"isolated_asking_us\": {\"p50\": %.1f, "
        "\"p99\": %.1f}, \"isolated_250kb_us\": {\"p50\": %.1f, \"p99\": %.1f}, \"start_ms\": "
        "{\"p50\": %.1f, \"max\": %.1f}, \"restart_ms\": {\"p50\": %.1f, \"max\": %.1f}, "
        "\"host_pss_kib\": %ld}\n",
        no_op, at(in, 0.5), at(in, 0.99), at(out, 0.5), at(out, 0.99), at(both, 0.5),
        at(both, 0.99), at(large, 0.5), at(large, 0.99), at(start, 0.5) / 1000, start.back() / 1000,
        at(restart, 0.5), restart.back(), pss);
    return 0;
}
