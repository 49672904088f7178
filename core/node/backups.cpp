#include "core/node/backups.h"

#include "core/base/time_text.h"
#include "core/node/backup_file.h"
#include "core/node/files.h"
#include "core/node/node_keys.h"

#include <fcntl.h>

#include <algorithm>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_bytes_max = 64 << 20;
constexpr std::string_view ending = ".backup";

/// `2026-11-24T02:00:00Z` without what file names do not like.
std::string stamp_of(Time time) {
    std::string text = format_time({time.ms / 1000 * 1000});
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

Result<Time> time_of(std::string_view stamp) {
    if (stamp.size() != std::string_view("20261124T020000Z").size())
        return fail(Fault::malformed, "stamp");
    std::string text(stamp);
    for (const std::size_t at : {4, 7}) text.insert(at, 1, '-');
    for (const std::size_t at : {13, 16}) text.insert(at, 1, ':');
    return parse_time(text);
}

/// What of the data folder belongs into a backup: all but stores, sockets, backups and what is
/// being written.
std::vector<fs::path> files_of(const Configuration& configuration) {
    std::vector<fs::path> files;
    std::error_code fault;
    for (fs::recursive_directory_iterator at(configuration.folder, fault), end; at != end;
         at.increment(fault)) {
        if (fault) break;
        const fs::path& path = at->path();
        const bool is_store = fs::exists(path / "data.mdb", fault);
        if (at->is_directory(fault) && (is_store || path == configuration.backup.folder))
            at.disable_recursion_pending();
        const auto suffix = path.extension();
        if (at->is_symlink(fault) || !at->is_regular_file(fault) || suffix == ".part" ||
            suffix == ".new" || suffix == ending || suffix == ".lock")
            continue;
        files.push_back(path);
    }
    std::ranges::sort(files);
    return files;
}

Result<void> add_file(BackupWriter& writer, const Configuration& configuration,
                      const fs::path& path) {
    const auto content = read_file(path, file_bytes_max, FileTrust::any);
    // One that is gone by now, or was never ours to read, belongs to nothing that starts.
    if (!content && content.error().fault == Fault::not_found) return {};
    if (!content) return std::unexpected(content.error());
    const auto name = path.lexically_relative(configuration.folder).string();
    if (const auto begun = writer.begin(name); !begun) return begun;
    return writer.write(bytes_of(*content));
}

/// The store's own copy, through a pipe: it is never on this disk in any form but sealed.
Result<void> add_store(BackupWriter& writer, store::Store& store, const std::stop_token& stop,
                       const std::function<void()>& progress) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail(Fault::io, "pipe");
    Descriptor out(ends[0]);
    Descriptor in(ends[1]);
    Result<void> copied;
    if (const auto begun = writer.begin(backup_store); !begun) return begun;
    std::jthread copier([&] {
        copied = store.backup(in.get());
        in = Descriptor();
    });
    Result<void> written;
    Bytes buffer(std::size_t{1} << 20);
    for (;;) {
        const ::ssize_t got = ::read(out.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        written = stop.stop_requested()
                      ? fail(Fault::closed, "the node stops")
                      : writer.write(ByteView(buffer).first(static_cast<std::size_t>(got)));
        if (!written) break;
        progress();
    }
    out = Descriptor();  // a copy that goes on finds nobody at the other end
    copier.join();
    return written ? copied : written;
}

}  // namespace

Backups::Backups(Parts parts)
    : parts_(std::move(parts)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

Result<void> Backups::request() {
    if (!parts_.configuration.backup.key) return fail(Fault::not_found, "backup key");
    {
        const std::lock_guard lock(mutex_);
        if (requested_ || running_) return fail(Fault::busy, "backup");
        requested_ = true;
    }
    asked_.notify_one();
    return {};
}

api::NodeControl::Backups Backups::state() const {
    const BackupSettings& settings = parts_.configuration.backup;
    api::NodeControl::Backups state{.folder = settings.folder.string(), .keep = settings.keep};
    if (settings.key) {
        state.key = backup_key_text(*settings.key);
        state.every_hours = static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::hours>(settings.every).count());
    }
    state.made = find(settings, parts_.configuration.id);
    const std::lock_guard lock(mutex_);
    state.running = requested_ || running_;
    state.bytes = bytes_;
    state.fault = fault_;
    return state;
}

std::vector<Backups::Backup> Backups::find(const BackupSettings& settings, const NodeId& node) {
    std::vector<Backup> found;
    std::error_code fault;
    for (fs::directory_iterator at(settings.folder, fault), end; at != end; at.increment(fault)) {
        if (fault) break;
        const std::string name = at->path().filename().string();
        const std::string start = node.text + "-";
        if (!name.starts_with(start) || !name.ends_with(ending)) continue;
        const auto time = time_of(std::string_view(name).substr(
            start.size(), name.size() - start.size() - ending.size()));
        if (time) found.push_back({name, *time, at->file_size(fault)});
    }
    std::ranges::sort(found, std::greater(), &Backup::at);
    return found;
}

bool Backups::is_due() const {
    const BackupSettings& settings = parts_.configuration.backup;
    if (!settings.key || settings.every == Duration{0}) return false;
    const auto made = find(settings, parts_.configuration.id);
    return made.empty() || parts_.clock.now() - made.front().at >= settings.every;
}

void Backups::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            asked_.wait_for(lock, stop, look_each, [this] { return requested_; });
            if (stop.stop_requested()) return;
            running_ = requested_;
        }
        // A node that has just begun is looked at first after a minute.
        if (!running_ && !is_due()) continue;
        {
            const std::lock_guard lock(mutex_);
            running_ = true;
            bytes_ = 0;
        }
        const auto made = make(stop);
        if (made) remove_old();
        {
            const std::lock_guard lock(mutex_);
            requested_ = running_ = false;
            fault_ = made ? "" : made.error().detail;
        }
        if (made)
            parts_.log.info("backup.made");
        else
            parts_.log.warn("backup.failed", {{"fault", name(made.error().fault)}});
        parts_.tell(made ? "backup.made" : "backup.failed");
    }
}

Result<void> Backups::make(const std::stop_token& stop) {
    const Configuration& configuration = parts_.configuration;
    const BackupSettings& settings = configuration.backup;
    std::error_code fault;
    fs::create_directories(settings.folder, fault);
    if (fault)
        return fail(Fault::io, settings.folder.string() + ": " + fault.message() +
                                   ": make the folder, writable for the node");
    remove_unfinished();
    trust::SystemEntropy entropy;
    const Time now = parts_.clock.now();
    auto writer = BackupWriter::create(
        settings.folder / (configuration.id.text + "-" + stamp_of(now) + std::string(ending)),
        *settings.key, entropy);
    if (!writer) return std::unexpected(writer.error());
    const auto progress = [&] {
        const std::lock_guard lock(mutex_);
        bytes_ = writer->bytes();
    };
    if (const auto begun = writer->begin(backup_about); !begun) return begun;
    if (const auto said =
            writer->write(bytes_of("node " + configuration.id.text + "\nmade " + format_time(now) +
                                   "\nstore " + configuration.store.plugin + "\n"));
        !said)
        return said;
    // The store first: a key that is destroyed meanwhile is in `erased.list`, which comes after it.
    if (const auto added = add_store(*writer, parts_.store, stop, progress); !added) return added;
    for (const auto& path : files_of(configuration)) {
        if (const auto added = add_file(*writer, configuration, path); !added) return added;
        progress();
    }
    const auto finished = writer->finish();
    return finished ? Result<void>() : std::unexpected(finished.error());
}

// What a process that was killed left. One node has its data folder, and one thread of it this.
void Backups::remove_unfinished() {
    const BackupSettings& settings = parts_.configuration.backup;
    std::error_code fault;
    for (fs::directory_iterator at(settings.folder, fault), end; at != end; at.increment(fault)) {
        if (fault) break;
        const std::string name = at->path().filename().string();
        if (name.starts_with(parts_.configuration.id.text + "-") &&
            name.ends_with(std::string(ending) + ".part"))
            fs::remove(at->path(), fault);
    }
}

void Backups::remove_old() {
    const BackupSettings& settings = parts_.configuration.backup;
    const auto made = find(settings, parts_.configuration.id);
    std::error_code ignored;
    for (std::size_t i = settings.keep; i < made.size(); ++i)
        fs::remove(settings.folder / made[i].file, ignored);
}

}  // namespace sanad::node
