// ./dev bench federation: what a long outage, a hostile peer and a large federation cost.
#include "core/api/client.h"
#include "core/base/message.h"
#include "core/federation/directory_peers.h"
#include "core/federation/zmq_transport.h"
#include "core/node/ceremony.h"
#include "core/node/files.h"
#include "core/trust/checkpoint.h"
#include "schemas/api.capnp.h"
#include "tests/bench/countries.h"
#include "tests/bench/generator.h"

#include <csignal>
#include <cstdio>
#include <fstream>
#include <thread>

namespace {

using namespace sanad;
using namespace sanad::bench;

constexpr std::size_t backlog_messages = 100'000;
constexpr std::size_t submitted_at_once = 10'000;  // the engine's queue has an end
constexpr int serial_rounds = 1'000;
constexpr std::size_t ghosts = 50;
constexpr std::size_t entries_each = 20'000;
constexpr std::uint64_t bad_signatures = 100'000;

Bytes request_of(const node::Configuration& configuration,
                 const std::function<void(schema::api::Request::Builder)>& fill) {
    capnp::MallocMessageBuilder builder;
    auto request = builder.initRoot<schema::api::Request>();
    request.setVersion(1);
    request.setActor(to_text(configuration.staff.front().name));
    fill(request);
    return flatten(builder);
}

template <typename Use>
std::uint64_t ask(api::Client& client, const node::Configuration& configuration,
                  const std::function<void(schema::api::Request::Builder)>& fill, Use use) {
    const auto reply = need(client.call(request_of(configuration, fill)), "door");
    return need(read_message<schema::api::Reply>(reply, use), "reply");
}

std::uint64_t counter_of(api::Client& client, const node::Configuration& configuration,
                         const std::string& wanted) {
    return ask(
        client, configuration, [](auto request) { request.setNodeStatus(); },
        [&](auto in) -> Result<std::uint64_t> {
            if (!in.isStatus()) return fail(Fault::denied, "status");
            for (const auto counter : in.getStatus().getCounters())
                if (from_text(counter.getName()) == wanted) return counter.getCount();
            return 0;
        });
}

/// Frames of the hostile peer that were still looked at.
std::uint64_t heard(api::Client& client, const node::Configuration& configuration) {
    return counter_of(client, configuration, "link.drop.bad_signature") +
           counter_of(client, configuration, "link.drop.rate");
}

/// One steward puts a node out while it sends: milliseconds until nothing of it is looked at.
double revoke_ms(api::Client& client, const Country& country, const NodeId& node,
                 const std::filesystem::path& steward) {
    const auto directory = need(node::read_file(country.configuration.federation.directory,
                                                trust::note_bytes_max, node::FileTrust::own),
                                "directory");
    const auto notice = need(
        node::write_revocation(directory, node, "bench", steward, SystemClock{}.now()), "notice");
    const auto start = Watch::now();
    ask(
        client, country.configuration,
        [&](auto request) { request.setDirectoryInstall(to_text(notice)); },
        [](auto in) -> Result<std::uint64_t> {
            if (!in.isDone()) return fail(Fault::denied, "revocation");
            return 0;
        });
    auto last = Watch::now();
    for (auto before = heard(client, country.configuration);
         Watch::now() - last < std::chrono::milliseconds(500);) {
        const auto now = heard(client, country.configuration);
        if (now != before) last = Watch::now();
        before = now;
    }
    return microseconds(last - start) / 1'000;
}

/// How many links are loaded.
std::uint64_t links_of(api::Client& client, const node::Configuration& configuration) {
    return ask(
        client, configuration, [](auto request) { request.setLinkList(); },
        [](auto in) -> Result<std::uint64_t> {
            if (!in.isLinks()) return fail(Fault::denied, "links");
            return in.getLinks().size();
        });
}

/// A peer with a place in the directory and bad intentions: heads that no key of its own signed.
class EvilPeer {
public:
    EvilPeer(const Country& country, const NodeId& victim)
        : vault_(country.vault_key.copy(),
                 need(node::load_store_id(country.configuration.store_id_file()), "store id")),
          keys_(need(node::load_keys(country.configuration.keys_file(), vault_), "keys")),
          victim_(victim),
          peers_(federation::peers_of(
              need(node::judge_directory(
                       need(node::read_file(country.configuration.federation.directory,
                                            trust::note_bytes_max, node::FileTrust::own),
                            "directory"),
                       need(node::read_file(country.configuration.federation.trust,
                                            node::trust_file_bytes_max, node::FileTrust::own),
                            "trust")),
                   "directory"))),
          transport_(
              need(federation::ZmqTransport::start({}, country.configuration.id, keys_.transport,
                                                   peers_, entropy_, clock_, log_, counters_),
                   "evil transport")),
          frame_(forged(country.configuration.id)) {
        thread_ = std::jthread([this](const std::stop_token& stop) {
            transport_->run(stop, events_, [this] { flood(); }, [] {});
        });
    }
    ~EvilPeer() {
        flooding_ = false;
        thread_.request_stop();
        transport_->wake();
    }

    /// Sends as fast as the connection takes it, until told to stop.
    void start() {
        flooding_ = true;
        transport_->wake();
    }
    std::uint64_t sent() const { return sent_; }

private:
    struct Deaf final : federation::TransportEvents {
        void connected(const NodeId&) override {}
        bool received(const NodeId&, ByteView) override { return true; }
    };

    // The root is right, so that only the signature is wrong: the dearest way to be refused.
    Bytes forged(const NodeId& self) {
        const Bytes raw(512, 7);
        trust::Frontier end;
        const auto leaf = trust::leaf_hash(raw);
        end.append(leaf);
        const auto stranger = trust::SigningKey::generate(entropy_);
        const auto head = need(
            trust::sign_checkpoint({federation::origin(self, {victim_, federation::Direction::out,
                                                              federation::Lane::normal}),
                                    1, end.root()},
                                   stranger, self.text),
            "head");
        return need(federation::write_push(federation::Lane::normal, {{0, raw, leaf}}, head),
                    "push");
    }

    void flood() {
        if (!flooding_) return;
        while (transport_->send(victim_, frame_)) ++sent_;
        transport_->wake();
    }

    SystemClock clock_;
    trust::SystemEntropy entropy_;
    NullLog log_;
    Counters counters_;
    Deaf events_;
    trust::Vault vault_;
    node::NodeKeys keys_;
    NodeId victim_;
    federation::Peers peers_;
    std::unique_ptr<federation::ZmqTransport> transport_;
    Bytes frame_;
    std::atomic<bool> flooding_ = false;
    std::atomic<std::uint64_t> sent_ = 0;
    std::jthread thread_;
};

std::size_t memory_kib(pid_t pid, const std::string& what) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(what)) return std::stoul(line.substr(what.size() + 1));
    give_up("no " + what);
}

/// One log to each ghost, of entries_each entries.
void fill_logs(node::Node& node, const std::vector<NodeId>& peers) {
    const SystemClock clock;
    std::atomic<std::size_t> made = 0;
    std::size_t submitted = 0;
    const Bytes payload(256, 3);
    for (std::size_t batch = 0; batch < entries_each / 100; ++batch)
        for (const auto& peer : peers) {
            while (submitted - made.load() > 256) std::this_thread::yield();
            ++submitted;
            need(node.engine().submit(
                     [&, peer](store::Draft& draft) -> Result<void> {
                         draft.then([&, peer](store::Transaction& transaction) -> Result<void> {
                             for (int entry = 0; entry < 100; ++entry) {
                                 const auto index = node.referrals().logs().append(
                                     transaction, peer, federation::Lane::normal,
                                     store::node_key_id,
                                     {federation::BodyKind::refusal, {}, payload}, clock.now());
                                 if (!index) return std::unexpected(index.error());
                             }
                             return {};
                         });
                         return {};
                     },
                     [&](const Result<void>& result) {
                         need(result, "fill");
                         made.fetch_add(1);
                     }),
                 "fill");
        }
    while (made.load() < submitted) std::this_thread::yield();
}

struct Memory {
    std::size_t rss_kib = 0;   // with the pages of the store that the kernel has mapped
    std::size_t anon_kib = 0;  // the node's own
};

/// What a fresh process takes over logs with a million entries.
Memory memory_of_many_links(const std::filesystem::path& work, char** argv) {
    trust::SystemEntropy entropy;
    NullLog log;
    const SystemClock clock;
    auto countries = federate(work / "many", argv[2], argv[3], {"ma"}, ghosts);
    Country& ma = countries.front();
    {
        auto node = need(node::Node::start(ma.configuration, ma.vault_key, {clock, entropy, log}),
                         "Morocco");
        fill_logs(*node, ghost_ids(ghosts));
    }
    Process process(argv[1], ma.configuration.file);
    auto client = need(api::Client::connect(ma.configuration.door()), "door");
    while (links_of(client, ma.configuration) < ghosts) std::this_thread::yield();
    Memory memory;
    for (std::size_t before = 0; before == 0 || memory.rss_kib != before;) {
        before = memory.rss_kib;
        std::this_thread::sleep_for(std::chrono::milliseconds(300));  // until it has settled
        memory = {memory_kib(process.pid(), "VmRSS:"), memory_kib(process.pid(), "RssAnon:")};
    }
    return memory;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) give_up("usage: federation SANAD-NODE SHARE PLUGINS WORK-FOLDER");
    need(trust::start_trust(), "libsodium");
    const std::filesystem::path work = argv[4];
    std::filesystem::create_directory(work / "few");
    std::filesystem::create_directory(work / "many");
    auto countries = federate(work / "few", argv[2], argv[3], {"ma", "tn", "dz"});
    Country& ma = countries[0];
    const Country& tn = countries[1];
    const double fdatasyncs = fdatasync_per_second(work);

    Receipts receipts;
    std::atomic<std::uint64_t> urgent_verified = 0;
    const SystemClock clock;
    trust::SystemEntropy entropy;
    StderrLog log(Log::Level::error);
    ma.configuration.staff.push_back({"bench", {"supervisor"}});
    auto node = need(node::Node::start(ma.configuration, ma.vault_key, {clock, entropy, log},
                                       [&](const federation::LaneId& lane, std::uint64_t size) {
                                           const auto now = Watch::now();
                                           const std::lock_guard lock(receipts.mutex);
                                           if (lane.lane == federation::Lane::urgent) {
                                               urgent_verified = size;
                                           } else {
                                               receipts.verified = size;
                                               receipts.verified_at = now;
                                           }
                                           receipts.changed.notify_all();
                                       }),
                     "Morocco");
    node->feed().subscribe([&](const std::vector<store::Event>& events) {
        for (const auto& event : events) {
            if (event.name != "link.receipted" || !event.peer.ends_with("/normal")) continue;
            const std::lock_guard lock(receipts.mutex);
            receipts.stored = std::max(receipts.stored, event.number);
            receipts.changed.notify_all();
        }
    });
    auto tunisia = std::make_unique<Process>(argv[1], tn.configuration.file);
    Generator generator(*node, tn.configuration.id, receipts);

    // A hostile peer beside an honest one.
    const double calm_p99 = quantile(generator.serial(serial_rounds), 0.99);
    auto door = need(api::Client::connect(tn.configuration.door()), "Tunisia's door");
    double flood_p99 = 0;
    double flood_per_s = 0;
    double revoked_ms = 0;
    std::uint64_t refused = 0;
    {
        EvilPeer evil(countries[2], tn.configuration.id);
        evil.start();
        while (evil.sent() < bad_signatures / 100) std::this_thread::yield();
        const auto sent_before = evil.sent();
        const auto start = Watch::now();
        flood_p99 = quantile(generator.serial(serial_rounds), 0.99);
        flood_per_s = double(evil.sent() - sent_before) / seconds(Watch::now() - start);
        refused = heard(door, tn.configuration);
        if (refused == 0) give_up("the hostile peer was not heard");
        revoked_ms = revoke_ms(door, tn, countries[2].configuration.id, work / "few" / "steward");
    }

    // Three days away: the urgent lane does not wait for the rest.
    tunisia->end(SIGKILL);
    for (std::size_t sent = 0; sent < backlog_messages; sent += submitted_at_once) {
        for (std::size_t i = 0; i < submitted_at_once; ++i) generator.submit();
        generator.settle();
    }
    const auto target = generator.settle();
    std::uint64_t held = receipts.stored;
    tunisia = std::make_unique<Process>(argv[1], tn.configuration.file);
    receipts.wait_stored(held + 1);  // the link is up again
    const auto up = Watch::now();
    held = receipts.stored;
    need(node->engine().submit(
             [&](store::Draft& draft) -> Result<void> {
                 const auto made = node->referrals().request(
                     draft, tn.configuration.id, {}, {},
                     invented_request(tn.configuration.id, casework::Urgency::u0), clock.now());
                 if (!made) return std::unexpected(made.error());
                 return {};
             },
             [](const Result<void>& result) { need(result, "urgent"); }),
         "urgent");
    double urgent_ms = 0;
    {
        std::unique_lock lock(receipts.mutex);
        if (!receipts.changed.wait_for(lock, std::chrono::seconds(60),
                                       [&] { return urgent_verified.load() >= 2; }))
            give_up("no receipt for the urgent entry");
        urgent_ms = microseconds(Watch::now() - up) / 1'000;
    }
    receipts.wait_stored(target);
    const double drain_s = seconds(Watch::now() - up);
    const double drained = double(target - held);
    node.reset();
    tunisia.reset();

    const auto memory = memory_of_many_links(work, argv);
    std::printf(
        "{\"backlog\":%.0f,\"drain_s\":%.2f,\"drain_per_s\":%.0f,\"urgent_ms\":%.1f,"
        "\"calm_p99_us\":%.0f,\"flood_p99_us\":%.0f,\"flood_ratio\":%.2f,\"flood_frames_per_s\":%."
        "0f,"
        "\"flood_refused\":%llu,\"revoked_ms\":%.1f,\"links\":%zu,\"log_entries\":%zu,\"rss_kib\":%"
        "zu,\"rss_anon_kib\":"
        "%zu,"
        "\"fdatasync_per_s\":%.0f}\n",
        drained, drain_s, drained / drain_s, urgent_ms, calm_p99, flood_p99, flood_p99 / calm_p99,
        flood_per_s, static_cast<unsigned long long>(refused), revoked_ms, ghosts,
        ghosts * entries_each, memory.rss_kib, memory.anon_kib, fdatasyncs);
    return 0;
}
