#include "core/node/node_keys.h"

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/node/files.h"
#include "core/trust/vault_key.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view first_line = "sanad-keys/v1\n";
constexpr std::string_view second_first_line = "sanad-keys/v2\n";
constexpr std::string_view former_name = "former-sealing";
constexpr std::int64_t former_seconds_max = 253'402'300'799;  // the end of 9999
constexpr std::size_t passphrase_file_bytes_max = trust::passphrase_bytes_max + 2;

// The id that each key is wrapped for; 16 bytes that no UUIDv7 can be.
KeyId wrapping_id(std::string_view name) {
    KeyId id;
    std::ranges::copy(name.substr(0, id.bytes.size()), id.bytes.begin());
    return id;
}

void write_line(std::string& text, std::string_view name, const trust::SymmetricKey& key,
                const trust::Vault& vault, Entropy& entropy) {
    text.append(name).append(" ");
    text += to_hex(vault.wrap(wrapping_id(name), key, entropy)) + "\n";
}

Result<trust::SymmetricKey> read_line(std::string_view& text, std::string_view name,
                                      const trust::Vault& vault) {
    const std::string start = std::string(name) + " ";
    const auto end = text.find('\n');
    if (!text.starts_with(start) || end == text.npos) return fail(Fault::malformed, "");
    const auto wrapped = from_hex(text.substr(start.size(), end - start.size()));
    if (!wrapped) return fail(Fault::malformed, "");
    text.remove_prefix(end + 1);
    return vault.unwrap(wrapping_id(name), *wrapped);
}

// A line that may be missing.
Result<std::optional<trust::SymmetricKey>> read_if_there(std::string_view& text,
                                                         std::string_view name,
                                                         const trust::Vault& vault) {
    if (!text.starts_with(std::string(name) + " ")) return std::nullopt;
    auto key = read_line(text, name, vault);
    if (!key) return std::unexpected(key.error());
    return std::move(*key);
}

Result<void> read_next(std::string_view& text, NextKeys& next, const trust::Vault& vault) {
    auto signing = read_if_there(text, "next-signing", vault);
    if (!signing) return std::unexpected(signing.error());
    auto sealing = read_if_there(text, "next-sealing", vault);
    if (!sealing) return std::unexpected(sealing.error());
    auto transport = read_if_there(text, "next-transport", vault);
    if (!transport) return std::unexpected(transport.error());
    if (*signing) next.signing.emplace((*signing)->bytes());
    if (*sealing) next.sealing.emplace(std::move(**sealing));
    if (*transport) next.transport.emplace(std::move(**transport));
    return {};
}

Result<void> read_former(std::string_view& text, std::vector<FormerSealing>& former,
                         const trust::Vault& vault) {
    while (text.starts_with(former_name)) {
        text.remove_prefix(former_name.size() + 1);
        const auto end = text.find(' ');
        std::int64_t seconds = 0;
        const auto [stop, fault] =
            std::from_chars(text.data(), text.data() + std::min(end, text.size()), seconds);
        if (end == text.npos || fault != std::errc{} || stop != text.data() + end || seconds < 0 ||
            seconds > former_seconds_max || former.size() == former_sealing_max)
            return fail(Fault::malformed, "");
        text.remove_prefix(end + 1);
        std::string line = std::string(former_name) + " " + std::string(text);
        std::string_view rest = line;
        auto key = read_line(rest, former_name, vault);
        if (!key) return std::unexpected(key.error());
        text.remove_prefix(text.size() - rest.size());
        former.push_back({trust::SealingKey(std::move(*key)), {seconds * 1000}});
    }
    return {};
}

Result<NodeKeys> read_keys(std::string_view text, const trust::Vault& vault) {
    const bool is_second = text.starts_with(second_first_line);
    if (!is_second && !text.starts_with(first_line))
        return fail(text.starts_with("sanad-keys/") ? Fault::unsupported : Fault::malformed, "");
    text.remove_prefix(first_line.size());
    auto identity = read_if_there(text, "identity", vault);
    if (!identity) return std::unexpected(identity.error());
    if (!is_second && !*identity) return fail(Fault::malformed, "");
    auto signing = read_line(text, "signing", vault);
    if (!signing) return std::unexpected(signing.error());
    auto sealing = read_line(text, "sealing", vault);
    if (!sealing) return std::unexpected(sealing.error());
    auto transport = read_line(text, "transport", vault);
    if (!transport) return std::unexpected(transport.error());
    NodeKeys keys{std::nullopt, trust::SigningKey(signing->bytes()),
                  trust::SealingKey(std::move(*sealing)),
                  trust::TransportKey(std::move(*transport))};
    if (*identity) keys.identity.emplace((*identity)->bytes());
    if (is_second) {
        if (const auto read = read_next(text, keys.next, vault); !read)
            return std::unexpected(read.error());
        if (const auto read = read_former(text, keys.former, vault); !read)
            return std::unexpected(read.error());
    }
    if (!text.empty()) return fail(Fault::malformed, "");
    return keys;
}

std::string write_keys(const NodeKeys& keys, const trust::Vault& vault, Entropy& entropy) {
    const auto& next = keys.next;
    const bool is_plain =
        keys.identity && !next.signing && !next.sealing && !next.transport && keys.former.empty();
    std::string text(is_plain ? first_line : second_first_line);
    if (keys.identity) write_line(text, "identity", keys.identity->seed(), vault, entropy);
    write_line(text, "signing", keys.signing.seed(), vault, entropy);
    write_line(text, "sealing", keys.sealing.secret(), vault, entropy);
    write_line(text, "transport", keys.transport.secret(), vault, entropy);
    if (next.signing) write_line(text, "next-signing", next.signing->seed(), vault, entropy);
    if (next.sealing) write_line(text, "next-sealing", next.sealing->secret(), vault, entropy);
    if (next.transport)
        write_line(text, "next-transport", next.transport->secret(), vault, entropy);
    for (const auto& former : keys.former)
        text += std::string(former_name) + " " + std::to_string(former.until.ms / 1000) + " " +
                to_hex(vault.wrap(wrapping_id(former_name), former.key.secret(), entropy)) + "\n";
    return text;
}

// Held while the keys are read, changed and written.
class KeysLock {
public:
    explicit KeysLock(const fs::path& file)
        : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
        if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX) != 0) {
            ::close(descriptor_);
            descriptor_ = -1;
        }
    }
    ~KeysLock() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    KeysLock(const KeysLock&) = delete;
    KeysLock& operator=(const KeysLock&) = delete;
    bool holds() const { return descriptor_ >= 0; }

private:
    int descriptor_;
};

std::string_view mending(Fault fault) {
    switch (fault) {
        case Fault::bad_signature:
            return ": does not open with this vault key and this store: put the vault key, "
                   "store.id and keys.sealed of one node together again";
        case Fault::unsupported:
            return ": is of a newer version: update sanad";
        default:
            return ": is damaged: restore it from a backup";
    }
}

Result<trust::SymmetricKey> key_from_passphrase(const VaultSettings& settings,
                                                const VaultInputs& inputs) {
    const auto text = read_file(settings.passphrase_header, keys_file_bytes_max, FileTrust::own);
    if (!text) return std::unexpected(text.error());
    const auto header = trust::parse_passphrase_header(*text);
    if (!header)
        return fail(header.error().fault,
                    settings.passphrase_header.string() + ": is damaged: restore it from a backup");
    auto passphrase = read_passphrase(inputs);
    if (!passphrase) return std::unexpected(passphrase.error());
    auto key = trust::key_from_passphrase(*passphrase, *header);
    trust::wipe({reinterpret_cast<std::uint8_t*>(passphrase->data()), passphrase->size()});
    return key;
}

}  // namespace

NodeKeys generate_keys(Entropy& entropy) {
    // In this order, so that the same random bytes make the same keys.
    auto identity = trust::SigningKey::generate(entropy);
    auto signing = trust::SigningKey::generate(entropy);
    auto sealing = trust::SealingKey::generate(entropy);
    auto transport = trust::TransportKey::generate(entropy);
    return {std::move(identity), std::move(signing), std::move(sealing), std::move(transport)};
}

Result<void> store_keys(const fs::path& file, const NodeKeys& keys, const trust::Vault& vault,
                        Entropy& entropy) {
    return create_file(file, write_keys(keys, vault, entropy), 0600);
}

Result<void> update_keys(const fs::path& file, const trust::Vault& vault, Entropy& entropy,
                         const std::function<Result<void>(NodeKeys&)>& change) {
    const KeysLock lock(file.string() + ".lock");
    if (!lock.holds())
        return fail(Fault::io, file.string() + ".lock: cannot be locked: look at the disk");
    auto keys = load_keys(file, vault);
    if (!keys) return std::unexpected(keys.error());
    if (const auto changed = change(*keys); !changed) return changed;
    return replace_file(file, write_keys(*keys, vault, entropy), 0600);
}

Result<NodeKeys> load_keys(const fs::path& file, const trust::Vault& vault) {
    const auto text = read_file(file, keys_file_bytes_max, FileTrust::own);
    if (!text) return std::unexpected(text.error());
    auto keys = read_keys(*text, vault);
    if (!keys)
        return fail(keys.error().fault, file.string() + std::string(mending(keys.error().fault)));
    return keys;
}

Result<std::string> read_passphrase(const VaultInputs& inputs) {
    Result<std::string> passphrase =
        fail(Fault::not_found,
             "the passphrase is wanted: start it on a terminal, or set SANAD_PASSPHRASE_FILE");
    if (inputs.passphrase_file) {
        passphrase = read_file(*inputs.passphrase_file, passphrase_file_bytes_max, FileTrust::own);
    } else if (inputs.ask_passphrase) {
        passphrase = inputs.ask_passphrase();
    }
    if (!passphrase) return passphrase;
    if (passphrase->ends_with('\n')) passphrase->pop_back();
    if (passphrase->ends_with('\r')) passphrase->pop_back();
    if (passphrase->size() < trust::passphrase_bytes_min ||
        passphrase->size() > trust::passphrase_bytes_max)
        return fail(Fault::bad_size,
                    "the passphrase must have 15 to 1,024 bytes: use a longer one");
    return to_nfc(*passphrase);
}

Result<trust::SymmetricKey> load_vault_key(const VaultSettings& settings,
                                           const VaultInputs& inputs) {
    switch (settings.source) {
        case VaultSource::key_file:
            return trust::load_key_file(settings.key_file);
        case VaultSource::passphrase:
            return key_from_passphrase(settings, inputs);
        case VaultSource::credential:
            if (inputs.credentials_folder)
                return trust::load_credential(*inputs.credentials_folder, settings.credential);
            return fail(Fault::not_found,
                        "CREDENTIALS_DIRECTORY is not set: start the node by systemd with "
                        "LoadCredentialEncrypted=" +
                            settings.credential);
    }
    return fail(Fault::unsupported, "vault.source");
}

Result<trust::StoreId> load_store_id(const fs::path& file) {
    const auto text = read_file(file, 2 * sizeof(trust::StoreId) + 1, FileTrust::own);
    if (!text) return std::unexpected(text.error());
    const auto raw = from_hex(std::string_view(*text).substr(0, 2 * sizeof(trust::StoreId)));
    if (text->size() != 2 * sizeof(trust::StoreId) + 1 || text->back() != '\n' || !raw)
        return fail(Fault::malformed, file.string() + ": is damaged: restore it from a backup");
    return id_from<trust::StoreId>(*raw);
}

Result<void> store_store_id(const fs::path& file, const trust::StoreId& id) {
    return create_file(file, to_hex(id) + "\n", 0600);
}

}  // namespace sanad::node
