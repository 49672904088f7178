// ./dev bench exchange: two nodes on loopback, durable on both sides. Morocco runs in this process
// with the generator, Tunisia in one of its own. A message is an information event of a referral
// whose sealed body has 1,024 bytes; it goes in through the node's door and counts only when
// Tunisia's cosigned receipt is on Morocco's disk.
#include "core/api/client.h"
#include "core/base/message.h"
#include "core/node/ceremony.h"
#include "core/node/initialise.h"
#include "core/node/node.h"
#include "schemas/api.capnp.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace {

using namespace sanad;
using Watch = std::chrono::steady_clock;

constexpr std::size_t referrals = 4'096;
constexpr std::size_t text_bytes = 640;  // a body of 1,024 bytes with everything around it
constexpr int serial_rounds = 500;
constexpr int probe_rounds = 300;
constexpr std::size_t in_flight_messages = 40'000;
constexpr std::size_t catch_up_messages = 20'000;

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "exchange: %s\n", why.c_str());
    std::exit(1);
}

template <typename T>
T need(Result<T> result, const char* what) {
    if (!result)
        give_up(std::string(what) + ": " + name(result.error().fault) + ": " +
                result.error().detail);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

double microseconds(Watch::duration span) {
    return std::chrono::duration<double, std::micro>(span).count();
}
double seconds(Watch::duration span) { return std::chrono::duration<double>(span).count(); }

double quantile(std::vector<double> values, double share) {
    std::ranges::sort(values);
    return values.at(std::size_t(share * double(values.size() - 1)));
}

std::uint16_t free_port() {
    const int probe = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(probe, reinterpret_cast<sockaddr*>(&address), size) != 0) give_up("no free port");
    getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
    close(probe);
    return ntohs(address.sin_port);
}

// ---------------------------------------------------------------------- the machine's own limits

double fdatasync_per_second(const std::filesystem::path& folder) {
    const int file = open((folder / "probe").c_str(), O_CREAT | O_WRONLY, 0600);
    const std::vector<char> page(4'096, 'x');
    std::vector<double> spans;
    for (int i = 0; i < probe_rounds; ++i) {
        const auto start = Watch::now();
        if (write(file, page.data(), page.size()) != ssize_t(page.size()) || fdatasync(file) != 0)
            give_up("probe");
        spans.push_back(microseconds(Watch::now() - start));
    }
    close(file);
    return 1e6 / quantile(spans, 0.5);
}

double lmdb_commit_us(const node::Configuration& configuration,
                      const std::filesystem::path& folder) {
    NullLog log;
    const SystemClock clock;
    const auto file = need(node::find_plugin(configuration, configuration.store), "lmdb plugin");
    const std::string settings =
        R"({"path":")" + (folder / "probe-store").string() + R"(","create":true})";
    auto opened = need(plugins::open_store(file, settings, log, clock), "probe store");
    const auto table = need(opened.store->open_table("probe"), "probe table");
    const Bytes value(1'024, 7);
    std::vector<double> spans;
    for (int i = 0; i < probe_rounds; ++i) {
        Bytes key;
        append_big_endian(key, static_cast<std::uint32_t>(i));
        const auto start = Watch::now();
        auto transaction = need(opened.store->begin(), "begin");
        need(transaction->put(table, key, value), "put");
        need(transaction->commit(), "commit");
        spans.push_back(microseconds(Watch::now() - start));
    }
    opened.store.reset();
    need(opened.instance->stop(), "probe store");
    return quantile(spans, 0.5);
}

// ---------------------------------------------------------------------- two nodes

struct Country {
    node::Configuration configuration;
    trust::SymmetricKey vault_key;
};

node::NewNode initialise(const std::filesystem::path& folder, const char* country,
                         const std::string& listen, const std::filesystem::path& share,
                         const std::filesystem::path& plugins) {
    const SystemClock clock;
    trust::SystemEntropy entropy;
    NullLog log;
    node::InitialiseOptions options;
    options.folder = folder;
    options.country = country;
    options.listen = listen;
    if (!listen.empty()) options.endpoints = {listen};
    options.chat_port = 0;
    options.share = share;
    options.plugin_folders = {plugins};
    return need(node::initialise(options, clock, entropy, log), "init");
}

// The measured nodes run no plugin but the store: the chat page's part of node.toml goes.
void leave_out_plugins(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    const auto from = text.find("# The chat page");
    const auto to = text.find("# Who works here");
    if (from == std::string::npos || to == std::string::npos) give_up("node.toml has changed");
    std::ofstream(file) << text.erase(from, to - from);
}

/// One steward, both nodes in the directory; only storage plugins run.
std::pair<Country, Country> federate(const std::filesystem::path& folder,
                                     const std::filesystem::path& share,
                                     const std::filesystem::path& plugins) {
    const SystemClock clock;
    trust::SystemEntropy entropy;
    const auto listen = "tcp://127.0.0.1:" + std::to_string(free_port());
    const auto ma = initialise(folder / "ma", "ma", "", share, plugins);
    const auto tn = initialise(folder / "tn", "tn", listen, share, plugins);
    const auto steward =
        need(node::create_steward_key(folder / "steward", "bench", entropy), "steward");
    auto draft = need(node::create_directory({"bench", {steward}, 1}, clock.now()), "directory");
    for (const auto* line : {&ma.node_line, &tn.node_line})
        draft = need(node::add_node(draft, *line, node::directory_life_default, clock.now()),
                     "add node");
    const auto note = need(node::sign_directory(draft, folder / "steward"), "sign");
    const auto trust_text = node::write_trust(need(node::trust_of(note), "trust"));
    std::pair<Country, Country> both;
    for (auto [country, made] : {std::pair{&both.first, &ma}, std::pair{&both.second, &tn}}) {
        country->configuration = made->configuration;
        need(node::install_directory(country->configuration, note, trust_text),
             "install directory");
        leave_out_plugins(country->configuration.file);
        country->configuration =
            need(node::load_configuration(country->configuration.file), "node.toml");
        country->vault_key =
            need(node::load_vault_key(country->configuration.vault, {}), "vault key");
    }
    return both;
}

/// Tunisia's sanad-node; ends with this program.
class Process {
public:
    Process(const std::string& program, const std::filesystem::path& config) {
        int out[2];
        if (pipe(out) != 0) give_up("pipe");
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
        posix_spawn_file_actions_addclose(&actions, out[0]);
        const std::string file = config.string();
        const char* arguments[] = {program.c_str(), "--config", file.c_str(), nullptr};
        if (posix_spawn(&pid_, program.c_str(), &actions, nullptr, const_cast<char**>(arguments),
                        environ) != 0)
            give_up("cannot start " + program);
        posix_spawn_file_actions_destroy(&actions);
        close(out[1]);
        char ready = 0;
        if (read(out[0], &ready, 1) != 1) give_up("sanad-node ended before it was ready");
        output_ = out[0];
    }
    ~Process() {
        if (pid_ > 0) end(SIGTERM);
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void end(int signal) {
        kill(pid_, signal);
        waitpid(pid_, nullptr, 0);
        close(output_);
        pid_ = -1;
    }
    double cpu_seconds() const {
        std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
        std::string word;
        double ticks = 0;
        for (int i = 1; i <= 15 && file >> word; ++i)
            if (i >= 14) ticks += std::stod(word);
        return ticks / double(sysconf(_SC_CLK_TCK));
    }

private:
    pid_t pid_ = -1;
    int output_ = -1;
};

// ---------------------------------------------------------------------- the generator

/// What Morocco's node has been told by Tunisia's receipts.
struct Receipts {
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t verified = 0;  // entries of the log to Tunisia under a verified receipt
    std::uint64_t stored = 0;    // of them, with the receipt on disk
    Watch::time_point verified_at;

    void wait_stored(std::uint64_t size) {
        std::unique_lock lock(mutex);
        if (!changed.wait_for(lock, std::chrono::seconds(120), [&] { return stored >= size; }))
            give_up("receipts stopped at " + std::to_string(stored) + " of " +
                    std::to_string(size));
    }
};

class Generator {
public:
    Generator(node::Node& ma, const NodeId& tn, Receipts& receipts) : ma_(ma), receipts_(receipts) {
        make_referrals(tn);
        for (const auto& id : ids_) {
            capnp::MallocMessageBuilder builder;
            auto request = builder.initRoot<schema::api::Request>();
            request.setVersion(1);
            request.setActor(to_text(actor));
            auto move = request.initReferralMove();
            move.setReferral(to_text(format(id)));
            move.setMove("information");
            move.setText(to_text(std::string(text_bytes, 'a')));
            requests_.push_back(flatten(builder));
        }
    }

    std::string actor = "bench";

    /// Hands one message to the door.
    void submit() {
        ma_.door().handle(requests_[next_++ % requests_.size()], [this](const Bytes& reply) {
            if (reply.size() > 512) refused_.fetch_add(1);  // an error has sentences in it
            answered_.fetch_add(1);
        });
        ++submitted_;
    }

    /// The size of the log to Tunisia once everything submitted is on Morocco's disk.
    std::uint64_t settle() {
        while (answered_.load() < submitted_) std::this_thread::yield();
        if (refused_.load() != 0)
            give_up("the door refused " + std::to_string(refused_.load()) + " messages");
        return log_size();
    }

    /// Sends `count` messages with at most `window` of them not yet receipted and stored.
    double run(std::size_t count, std::size_t window) {
        const auto base = log_size();
        const auto start = Watch::now();
        for (std::size_t sent = 0; sent < count; ++sent) {
            // Each 1,001st entry carries a key and is no message.
            const auto done = [&] { return (receipts_.stored - base) * 1'000 / 1'001; };
            std::unique_lock lock(receipts_.mutex);
            if (!receipts_.changed.wait_for(lock, std::chrono::seconds(120),
                                            [&] { return sent < done() + window; }))
                give_up("receipts stopped");
            lock.unlock();
            submit();
        }
        receipts_.wait_stored(settle());
        return double(count) / seconds(Watch::now() - start);
    }

    std::uint64_t log_size() {
        std::uint64_t size = 0;
        std::mutex mutex;
        std::condition_variable told;
        bool done = false;
        const auto taken = ma_.engine().submit(
            [&](store::Draft& draft) -> Result<void> {
                const auto end = ma_.referrals().logs().current_end(
                    draft, {peer_, federation::Direction::out, federation::Lane::normal});
                if (end) size = end->size;
                return {};
            },
            [&](const Result<void>&) {
                const std::lock_guard lock(mutex);
                done = true;
                told.notify_one();
            });
        need(taken, "log size");
        std::unique_lock lock(mutex);
        told.wait(lock, [&] { return done; });
        return size;
    }

private:
    void make_referrals(const NodeId& tn) {
        peer_ = tn;
        std::atomic<std::size_t> made = 0;
        ids_.resize(referrals);
        for (std::size_t i = 0; i < referrals; ++i) {
            const auto taken = ma_.engine().submit(
                [&, i](store::Draft& draft) -> Result<void> {
                    casework::ReferralRequest request;
                    request.case_code = "BENCH";
                    request.kind = "referral";
                    request.urgency = casework::Urgency::u3;
                    request.consent.by = casework::ConsentBy::child;
                    request.consent.recipients = {tn.text};
                    request.consent.items = {casework::Item::narrative};
                    request.consent.text_hash.fill(1);
                    request.narrative = "an invented story for a measurement";
                    request.transfer_basis = "express_consent";
                    const auto record = ma_.referrals().request(
                        draft, tn, {}, {}, std::move(request), SystemClock{}.now());
                    if (!record) return std::unexpected(record.error());
                    ids_[i] = record->id;
                    return {};
                },
                [&](const Result<void>& result) {
                    need(result, "make referral");
                    made.fetch_add(1);
                });
            need(taken, "make referral");
        }
        while (made.load() < referrals) std::this_thread::yield();
        receipts_.wait_stored(log_size());
    }

    node::Node& ma_;
    Receipts& receipts_;
    NodeId peer_;
    std::vector<ReferralId> ids_;
    std::vector<Bytes> requests_;
    std::size_t next_ = 0;
    std::size_t submitted_ = 0;
    std::atomic<std::size_t> answered_ = 0;
    std::atomic<std::size_t> refused_ = 0;
};

std::vector<double> serial(Generator& generator, Receipts& receipts) {
    std::vector<double> spans;
    for (int round = 0; round < serial_rounds; ++round) {
        std::unique_lock lock(receipts.mutex);
        const auto before = receipts.verified;
        lock.unlock();
        const auto start = Watch::now();
        generator.submit();
        lock.lock();
        if (!receipts.changed.wait_for(lock, std::chrono::seconds(20),
                                       [&] { return receipts.verified > before; }))
            give_up("no receipt");
        spans.push_back(microseconds(receipts.verified_at - start));
    }
    receipts.wait_stored(generator.settle());
    return spans;
}

double own_cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto span = [](const timeval& time) {
        return double(time.tv_sec) + double(time.tv_usec) / 1e6;
    };
    return span(usage.ru_utime) + span(usage.ru_stime);
}

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
    auto [ma, tn] = federate(work, argv[2], argv[3]);
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

    const auto spans = serial(generator, receipts);
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
