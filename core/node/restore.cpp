#include "core/node/restore.h"

#include "core/node/backup_file.h"
#include "core/node/erased_file.h"
#include "core/node/files.h"
#include "core/node/initialise.h"
#include "core/node/node_keys.h"
#include "core/node/plugin_store.h"
#include "core/node/store_move.h"
#include "core/node/toml_document.h"
#include "core/plugins/store_plugin.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view store_file = "restored.store";
constexpr std::size_t about_bytes_max = 4096;

/// A name that stays inside the folder.
bool is_inside(const std::string& name) {
    const fs::path path(name);
    return !name.empty() && path.is_relative() && name.find('\0') == name.npos &&
           std::ranges::none_of(path, [](const fs::path& part) {
               return part == ".." || part == "." || part.empty();
           });
}

/// Writes the entries of a backup into a folder that nothing else uses.
class Unpacker {
public:
    explicit Unpacker(fs::path folder) : folder_(std::move(folder)) {}

    Result<BackupSink> begin(const std::string& name) {
        if (const auto ended = end(); !ended) return std::unexpected(ended.error());
        if (name == backup_about) return BackupSink([](ByteView) { return Result<void>(); });
        if (name != backup_store && !is_inside(name))
            return fail(Fault::malformed, "the backup names a file outside its folder");
        path_ = folder_ / (name == backup_store ? std::string(store_file) : name);
        std::error_code fault;
        if (fs::create_directories(path_.parent_path(), fault))
            fs::permissions(path_.parent_path(), fs::perms::owner_all, fault);
        file_ = Descriptor(
            ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!file_) return file_error(errno, path_);
        return BackupSink([this](ByteView piece) { return write_all(file_.get(), piece, path_); });
    }
    Result<void> end() {
        if (!file_) return {};
        if (::fsync(file_.get()) != 0) return file_error(errno, path_);
        file_ = Descriptor();
        return sync_folder(path_.parent_path());
    }

private:
    fs::path folder_, path_;
    Descriptor file_;
};

Result<void> check_free(const fs::path& folder) {
    std::error_code fault;
    if (fs::exists(folder, fault) && !fs::is_empty(folder, fault))
        return fail(Fault::conflict,
                    folder.string() + ": holds something: name a folder that is new or empty");
    if (!fs::is_directory(folder.parent_path(), fault))
        return fail(Fault::not_found, folder.parent_path().string() + ": make this folder first");
    return {};
}

Result<void> make_store(const Configuration& configuration, const Clock& clock, Log& log) {
    const auto library = trusted_library(configuration, configuration.store);
    if (!library) return std::unexpected(library.error());
    const std::string from = (configuration.folder / store_file).string();
    const std::string settings =
        "{\"from\":" + json_string(from) + "," + with_create(configuration.store.config).substr(1);
    auto open = plugins::open_store(*library, settings, log, clock);
    if (!open)
        return fail(open.error().fault, "the store cannot be made (" + open.error().detail +
                                            "): where [store.config] leads there must be none yet");
    const auto id = load_store_id(configuration.store_id_file());
    auto same = id ? check_store_identity(*open->store, *id, configuration.id)
                   : Result<void>(std::unexpected(id.error()));
    open->store.reset();
    if (const auto stopped = open->instance->stop(); same && !stopped) return stopped;
    return same;
}

Result<void> add_erased(const fs::path& newer, const fs::path& list) {
    const auto theirs = load_erased(newer);
    if (!theirs) return std::unexpected(theirs.error());
    const auto ours = load_erased(list);
    if (!ours) return std::unexpected(ours.error());
    const std::set<store::KeyHash> known(ours->begin(), ours->end());
    std::vector<store::KeyHash> missing;
    for (const auto& hash : *theirs)
        if (!known.contains(hash)) missing.push_back(hash);
    return append_erased(list, missing);
}

std::uint64_t size_of(const fs::path& file) {
    std::error_code fault;
    const auto size = fs::file_size(file, fault);
    return fault ? 0 : size;
}

Result<Restored> finish(const RestoreOptions& options, const fs::path& folder, std::string about,
                        const Clock& clock, Log& log) {
    auto configuration = load_configuration(folder / "node.toml");
    if (!configuration) return std::unexpected(configuration.error());
    if (!options.erased.empty())
        if (const auto added = add_erased(options.erased, configuration->erased_file()); !added)
            return std::unexpected(added.error());
    if (const auto made = make_store(*configuration, clock, log); !made)
        return std::unexpected(made.error());
    std::error_code ignored;
    fs::remove(folder / store_file, ignored);
    const auto content = check_store(*configuration, clock, log, {});
    if (!content) return std::unexpected(content.error());
    const bool has_key = configuration->vault.source != VaultSource::key_file ||
                         fs::exists(configuration->vault.key_file, ignored);
    return Restored{std::move(*configuration), *content, std::move(about), has_key};
}

/// Reads all of a backup; what it says of itself.
Result<std::string> read_about(const fs::path& backup, const trust::SealingKey& key,
                               const RestoreTold& told) {
    std::string about;
    bool has_store = false, has_configuration = false;
    const auto read = read_backup(
        backup, key,
        [&](const std::string& name) -> Result<BackupSink> {
            has_store = has_store || name == backup_store;
            has_configuration = has_configuration || name == "node.toml";
            if (name != backup_about) return BackupSink([](ByteView) { return Result<void>(); });
            return BackupSink([&](ByteView piece) -> Result<void> {
                if (about.size() + piece.size() > about_bytes_max)
                    return fail(Fault::bad_size, "about");
                about.append(piece.begin(), piece.end());
                return {};
            });
        },
        [&](std::uint64_t done) {
            if (told) told("reading", done, size_of(backup));
        });
    if (!read) return std::unexpected(read.error());
    if (!has_store || !has_configuration)
        return fail(Fault::malformed, backup.string() + ": has no store or no node.toml in it");
    return about;
}

}  // namespace

Result<std::string> check_backup(const fs::path& backup, const fs::path& key,
                                 const RestoreTold& told) {
    const auto opener = load_backup_key(key);
    return opener ? read_about(backup, *opener, told)
                  : Result<std::string>(std::unexpected(opener.error()));
}

Result<Restored> restore(const RestoreOptions& options, const Clock& clock, Log& log,
                         const RestoreTold& told) {
    std::error_code fault;
    fs::path folder = fs::absolute(options.folder, fault).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    if (const auto free = check_free(folder); !free) return std::unexpected(free.error());
    const auto key = load_backup_key(options.key);
    if (!key) return std::unexpected(key.error());
    auto about = read_about(options.backup, *key, told);
    if (!about) return std::unexpected(about.error());

    const fs::path scaffold = folder.string() + ".restoring";
    fs::remove_all(scaffold, fault);  // what an interrupted one left
    if (::mkdir(scaffold.c_str(), 0700) != 0) return file_error(errno, scaffold);
    Unpacker unpacker(scaffold);
    auto unpacked = read_backup(
        options.backup, *key, [&](const std::string& name) { return unpacker.begin(name); },
        [&](std::uint64_t done) {
            if (told) told("writing", done, size_of(options.backup));
        });
    if (unpacked) unpacked = unpacker.end();
    if (unpacked && ::rename(scaffold.c_str(), folder.c_str()) != 0)
        unpacked = file_error(errno, folder);
    if (unpacked) unpacked = sync_folder(folder.parent_path());
    auto restored = unpacked ? finish(options, folder, std::move(*about), clock, log)
                             : Result<Restored>(std::unexpected(unpacked.error()));
    // Half a node must not be taken for one.
    if (!restored) {
        fs::remove_all(scaffold, fault);
        if (unpacked) fs::remove_all(folder, fault);
    }
    return restored;
}

}  // namespace sanad::node
