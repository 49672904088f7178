#include "core/node/initialise.h"

#include "core/node/ceremony.h"
#include "core/node/files.h"
#include "core/node/node_keys.h"
#include "core/node/node_toml.h"
#include "core/node/plugin_store.h"
#include "core/plugins/store_plugin.h"
#include "core/trust/vault_key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;

constexpr const char* file_name = "node.toml";

// A folder that goes again unless the node in it is whole.
class Scaffold {
public:
    explicit Scaffold(fs::path path) : path_(std::move(path)) {}
    ~Scaffold() {
        std::error_code fault;
        if (!path_.empty()) fs::remove_all(path_, fault);
    }
    Scaffold(const Scaffold&) = delete;
    Scaffold& operator=(const Scaffold&) = delete;
    const fs::path& path() const { return path_; }
    void keep() { path_.clear(); }

private:
    fs::path path_;
};

Result<void> check_target(const fs::path& folder) {
    std::error_code fault;
    const auto status = fs::symlink_status(folder, fault);
    if (status.type() == fs::file_type::not_found) return {};
    if (status.type() == fs::file_type::directory && fs::is_empty(folder, fault) && !fault)
        return {};
    return fail(Fault::conflict, folder.string() +
                                     ": holds something already: name a folder that is new or "
                                     "empty");
}

// Beside the target, so that the rename stays in one file system.
Result<fs::path> make_scaffold(const fs::path& folder) {
    std::string name = folder.string() + ".new-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
        return fail(errno == ENOENT ? Fault::not_found : Fault::io,
                    folder.parent_path().string() + ": cannot make a folder there (" +
                        std::strerror(errno) + "): name one in a folder that you may write to");
    return fs::path(name);
}

Result<void> write_meta(store::Store& store, const trust::StoreId& id, const NodeId& node) {
    const auto table = store.open_table(meta_table);
    if (!table) return std::unexpected(table.error());
    const auto transaction = store.begin();
    if (!transaction) return std::unexpected(transaction.error());
    auto& writer = **transaction;
    if (auto put = writer.put(*table, bytes_of(meta_store_id), id); !put) return put;
    if (auto put = writer.put(*table, bytes_of(meta_node_id), bytes_of(node.text)); !put)
        return put;
    return writer.commit();
}

Result<void> create_store(const Configuration& configuration, const trust::StoreId& id,
                          const Clock& clock, Log& log) {
    const auto library = trusted_library(configuration, configuration.store);
    if (!library) return std::unexpected(library.error());
    auto open = plugins::open_store(*library, with_create(configuration.store.config), log, clock);
    if (!open)
        return fail(open.error().fault, "the store cannot be made (" + open.error().detail +
                                            "): check the disk and the plugin");
    auto written = write_meta(*open->store, id, configuration.id);
    open->store.reset();
    if (const auto stopped = open->instance->stop(); written && !stopped) return stopped;
    return written;
}

Result<trust::SymmetricKey> create_vault_key(const InitialiseOptions& options,
                                             const VaultSettings& settings, Entropy& entropy) {
    if (options.vault == VaultSource::key_file)
        return trust::create_key_file(settings.key_file, entropy);
    if (options.vault == VaultSource::credential)
        return fail(
            Fault::unsupported,
            "init makes a key file or takes a passphrase: make a key file and bring it into "
            "systemd with systemd-creds encrypt");
    const auto header = trust::make_passphrase_header(entropy);
    if (const auto made = create_file(settings.passphrase_header, trust::format(header), 0600);
        !made)
        return std::unexpected(made.error());
    return trust::key_from_passphrase(options.passphrase, header);
}

Result<std::string> fill(const Configuration& configuration, const InitialiseOptions& options,
                         const Clock& clock, Entropy& entropy, Log& log) {
    trust::StoreId store_id;
    entropy.fill(store_id.bytes);
    auto vault_key = create_vault_key(options, configuration.vault, entropy);
    if (!vault_key) return std::unexpected(vault_key.error());
    const trust::Vault vault(std::move(*vault_key), store_id);
    const NodeKeys keys = generate_keys(entropy);
    if (auto stored = store_keys(configuration.keys_file(), keys, vault, entropy); !stored)
        return std::unexpected(stored.error());
    if (auto stored = store_store_id(configuration.store_id_file(), store_id); !stored)
        return std::unexpected(stored.error());
    if (auto made = create_store(configuration, store_id, clock, log); !made)
        return std::unexpected(made.error());
    return node_line(configuration, keys, clock.now());
}

}  // namespace

std::string with_create(const std::string& settings) {
    const bool is_empty = settings == "{}";
    return "{\"create\":true" + std::string(is_empty ? "" : ",") + settings.substr(1);
}

Result<NewNode> initialise(const InitialiseOptions& options, const Clock& clock, Entropy& entropy,
                           Log& log) {
    std::error_code fault;
    fs::path folder = fs::absolute(options.folder, fault).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    if (const auto free = check_target(folder); !free) return std::unexpected(free.error());
    const auto profile = load_country(options.share, options.country);
    if (!profile) return std::unexpected(profile.error());
    const std::string text = write_node_toml(options, *profile);
    if (const auto good = parse_configuration(text, folder / file_name); !good)
        return fail(Fault::invalid, good.error().detail);

    const auto made = make_scaffold(folder);
    if (!made) return std::unexpected(made.error());
    Scaffold scaffold(*made);
    if (auto written = create_file(scaffold.path() / file_name, text, 0600); !written)
        return std::unexpected(written.error());
    const auto inside = parse_configuration(text, scaffold.path() / file_name);
    if (!inside) return std::unexpected(inside.error());
    const auto line = fill(*inside, options, clock, entropy, log);
    if (!line) return std::unexpected(line.error());
    if (::rename(scaffold.path().c_str(), folder.c_str()) != 0)
        return fail(Fault::conflict, folder.string() + ": " + std::strerror(errno) +
                                         ": name a folder that is new or empty");
    scaffold.keep();
    if (auto synced = sync_folder(folder.parent_path()); !synced)
        return std::unexpected(synced.error());
    auto configuration = load_configuration(folder / file_name);
    if (!configuration) return std::unexpected(configuration.error());
    return NewNode{std::move(*configuration), *line};
}

Result<void> check_store_identity(store::Store& store, const trust::StoreId& expected,
                                  const NodeId& node) {
    const auto table = store.open_table(meta_table);
    if (!table) return std::unexpected(table.error());
    const auto snapshot = store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    const auto id = (*snapshot)->get(*table, bytes_of(meta_store_id));
    if (!id) return std::unexpected(id.error());
    if (!*id)
        return fail(Fault::not_found,
                    "the store does not say which one it is: restore it from a backup");
    if (!std::ranges::equal(**id, expected.bytes))
        return fail(Fault::conflict,
                    "the store is not the one that store.id names: put the store and store.id of "
                    "one node together again");
    const auto owner = (*snapshot)->get(*table, bytes_of(meta_node_id));
    if (!owner) return std::unexpected(owner.error());
    if (!*owner || text_of(**owner) != node.text)
        return fail(Fault::conflict,
                    "the store belongs to another node than node.id says: set node.id back, or "
                    "use that node's own store");
    return {};
}

}  // namespace sanad::node
