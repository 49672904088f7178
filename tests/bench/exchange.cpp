// ./dev bench exchange: two nodes on loopback, durable on both sides. Morocco runs in this process
// with the generator, Tunisia in one of its own.
#include "core/api/client.h"
#include "core/base/message.h"
#include "core/node/node.h"
#include "schemas/api.capnp.h"
#include "tests/bench/countries.h"
#include "tests/bench/generator.h"

#include <csignal>
#include <cstdio>

namespace {

using namespace sanad;
using namespace sanad::bench;

constexpr int serial_rounds = 500;
constexpr std::size_t in_flight_messages = 40'000;
constexpr std::size_t catch_up_messages = 20'000;

std::uint64_t commits_of(const node::Configuration& configuration) {
    auto client = need(api::Client::connect(configuration.door()), "Tunisia's door");
    capnp::MallocMessageBuilder builder;
    auto request = builder.initRoot<schema::api::Request>();
    request.setVersion(1);
    request.setActor(to_text(configuration.staff.front().name));
    request.setNodeStatus();
    const auto reply = need(client.call(flatten(builder)), "Tunisia's status");
    return need(read_message<schema::api::Reply>(reply,
                                                 [](auto in) -> Result<std::uint64_t> {
                                                     if (!in.isStatus())
                                                         return fail(Fault::denied, "status");
                                                     return in.getStatus().getCommits();
                                                 }),
                "Tunisia's status");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) give_up("usage: exchange SANAD-NODE SHARE PLUGINS WORK-FOLDER");
    need(trust::start_trust(), "libsodium");
    const std::filesystem::path work = argv[4];
    auto countries = federate(work, argv[2], argv[3], {"ma", "tn"});
    Country& ma = countries[0];
    const Country& tn = countries[1];
    const double fdatasyncs = fdatasync_per_second(work);
    const double commit_us = lmdb_commit_us(ma.configuration, work);

    Process tunisia(argv[1], tn.configuration.file);
    Receipts receipts;
    const SystemClock clock;
    trust::SystemEntropy entropy;
    StderrLog log(Log::Level::warn);
    ma.configuration.staff.push_back({"bench", {"supervisor"}});
    auto node = need(node::Node::start(ma.configuration, ma.vault_key, {clock, entropy, log},
                                       [&](const federation::LaneId& lane, std::uint64_t size) {
                                           if (lane.lane != federation::Lane::normal) return;
                                           const auto now = Watch::now();
                                           const std::lock_guard lock(receipts.mutex);
                                           receipts.verified = size;
                                           receipts.verified_at = now;
                                           receipts.changed.notify_all();
                                       }),
                     "Morocco");
    node->feed().subscribe([&](const std::vector<store::Event>& events) {
        for (const auto& event : events) {
            if (event.name != "link.receipted") continue;
            const std::lock_guard lock(receipts.mutex);
            receipts.stored = std::max(receipts.stored, event.number);
            receipts.changed.notify_all();
        }
    });
    Generator generator(*node, tn.configuration.id, receipts);

    const auto spans = generator.serial(serial_rounds);
    const auto commits_before = node->engine().commits() + commits_of(tn.configuration);
    const double at_64 = generator.run(in_flight_messages, 64);
    const auto commits = node->engine().commits() + commits_of(tn.configuration) - commits_before;
    const double cpu_before = own_cpu_seconds() + tunisia.cpu_seconds();
    const double at_1024 = generator.run(in_flight_messages, 1'024);
    const double cpu = own_cpu_seconds() + tunisia.cpu_seconds() - cpu_before;

    tunisia.end(SIGKILL);
    for (std::size_t i = 0; i < catch_up_messages; ++i) generator.submit();
    const auto target = generator.settle();
    std::uint64_t held = 0;
    {
        const std::lock_guard lock(receipts.mutex);
        held = receipts.stored;
    }
    Process again(argv[1], tn.configuration.file);
    receipts.wait_stored(held + 1);  // the link is up again
    const auto up = Watch::now();
    {
        const std::lock_guard lock(receipts.mutex);
        held = receipts.stored;
    }
    receipts.wait_stored(target);
    const double catch_up = double(target - held) / seconds(Watch::now() - up);
    node.reset();

    const double p50 = quantile(spans, 0.5);
    std::printf(
        "{\"serial_p50_us\":%.0f,\"serial_p99_us\":%.0f,\"inflight_64_per_s\":%.0f,\"inflight_1024_"
        "per_s\":%.0f,"
        "\"catchup_per_s\":%.0f,\"cpu_us_per_message\":%.1f,\"flushes_per_message\":%.4f,"
        "\"fdatasync_per_s\":%.0f,\"lmdb_commit_us\":%.0f,\"serial_per_commit\":%.2f,"
        "\"inflight_64_per_fdatasync\":%.2f,\"inflight_1024_per_fdatasync\":%.2f}\n",
        p50, quantile(spans, 0.99), at_64, at_1024, catch_up,
        cpu * 1e6 / double(in_flight_messages), 2.0 * double(commits) / double(in_flight_messages),
        fdatasyncs, commit_us, p50 / commit_us, at_64 / fdatasyncs, at_1024 / fdatasyncs);
    return 0;
}
