#include "core/node/key_rotation.h"

#include "core/base/encoding.h"
#include "core/base/time_text.h"
#include "core/federation/directory_lines.h"
#include "core/federation/revocation.h"
#include "core/node/ceremony.h"
#include "core/node/directory_words.h"
#include "core/node/files.h"
#include "core/trust/key_words.h"

#include <algorithm>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view identity_format = "sanad-identity/v1\n";

trust::SigningKey copy_of(const trust::SigningKey& key) {
    return trust::SigningKey(key.seed().bytes());
}

void wipe_text(std::string& text) {
    trust::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

// The identity key from its file, where one is named; else what the node has, if anything.
Result<void> bring_identity(const Configuration& configuration, NodeKeys& keys,
                            const fs::path& file) {
    if (file.empty()) return {};
    auto identity = load_identity(file, configuration.id);
    if (!identity) return std::unexpected(identity.error());
    if (keys.identity && keys.identity->public_key() != identity->public_key())
        return fail(Fault::conflict, file.string() + ": is not the identity key of this node");
    keys.identity.emplace(std::move(*identity));
    return {};
}

std::string line_of(std::string_view name, ByteView key, std::string_view more = {}) {
    return std::string(name) + "  " + trust::key_words(key) + std::string(more) + "\n";
}

}  // namespace

Result<trust::SigningKey> load_identity(const fs::path& file, const NodeId& node) {
    auto text = read_file(file, identity_file_bytes_max, FileTrust::own);
    if (!text) return std::unexpected(text.error());
    const auto damaged = [&] {
        return fail(Fault::malformed,
                    file.string() + ": is no identity key: sanad keys identity made another one");
    };
    if (!text->starts_with(identity_format)) return damaged();
    federation::LineReader lines(std::string_view(*text).substr(identity_format.size()));
    const auto owner = lines.next("node ");
    auto seed = from_hex(lines.next("seed ").value_or(""));
    if (!owner || !seed || seed->size() != sizeof(trust::Seed) || !lines.at_end()) return damaged();
    if (*owner != node.text)
        return fail(Fault::conflict, file.string() + ": is the identity key of another node");
    const trust::Secret<32> secret{ByteView(*seed)};
    trust::wipe(*seed);
    wipe_text(*text);
    return trust::SigningKey(secret.bytes());
}

Result<void> rotate_keys(const Configuration& configuration, const trust::Vault& vault,
                         const KeyKinds& kinds, Entropy& entropy) {
    return update_keys(configuration.keys_file(), vault, entropy,
                       [&](NodeKeys& keys) -> Result<void> {
                           auto& next = keys.next;
                           if (kinds.signing) next.signing = trust::SigningKey::generate(entropy);
                           if (kinds.sealing) next.sealing = trust::SealingKey::generate(entropy);
                           if (kinds.transport)
                               next.transport = trust::TransportKey::generate(entropy);
                           return {};
                       });
}

Result<std::string> bundle_line(const Configuration& configuration, NodeKeys keys,
                                const fs::path& identity_file, Time now) {
    if (const auto brought = bring_identity(configuration, keys, identity_file); !brought)
        return std::unexpected(brought.error());
    return node_line(configuration, keys, now);
}

Result<void> take_identity_out(const Configuration& configuration, const trust::Vault& vault,
                               const fs::path& file, Entropy& entropy) {
    return update_keys(
        configuration.keys_file(), vault, entropy, [&](NodeKeys& keys) -> Result<void> {
            if (!keys.identity)
                return fail(Fault::not_found,
                            "the identity key of this node is kept offline already");
            auto text = std::string(identity_format) + "node " + configuration.id.text + "\nseed " +
                        to_hex(keys.identity->seed().bytes()) + "\n";
            const auto made = create_file(file, text, 0600);
            wipe_text(text);
            if (!made) return made;
            // It leaves the node only when it can be read where it is now.
            const auto there = load_identity(file, configuration.id);
            if (!there) return std::unexpected(there.error());
            if (there->public_key() != keys.identity->public_key())
                return fail(Fault::io, file.string() + ": was not written whole: try another disk");
            keys.identity.reset();
            return {};
        });
}

Result<std::string> self_revocation(const Configuration& configuration, NodeKeys keys,
                                    const fs::path& identity_file, std::string_view directory_note,
                                    std::string_view reason, Time now) {
    if (const auto brought = bring_identity(configuration, keys, identity_file); !brought)
        return std::unexpected(brought.error());
    if (!keys.identity)
        return fail(Fault::not_found,
                    "the identity key of this node is kept offline: name its file with --identity");
    const auto directory = read_directory(directory_note);
    if (!directory) return std::unexpected(directory.error());
    auto notice = federation::sign_revocation(*directory, configuration.id, reason, *keys.identity,
                                              configuration.id.text, now);
    if (!notice) return notice;
    if (const auto good = federation::verify_revocation(*directory, *notice, now); !good)
        return std::unexpected(good.error());
    return notice;
}

std::string describe_node_keys(const NodeKeys& keys) {
    std::string out;
    out += keys.identity ? line_of("identity      ", keys.identity->public_key())
                         : std::string("identity        kept offline\n");
    out += line_of("signing       ", keys.signing.public_key());
    out += line_of("sealing       ", keys.sealing.public_key().bytes);
    out += line_of("transport     ", keys.transport.public_key().bytes);
    const std::string waits = "  (waits for a directory)";
    const auto& next = keys.next;
    if (next.signing) out += line_of("next signing  ", next.signing->public_key(), waits);
    if (next.sealing) out += line_of("next sealing  ", next.sealing->public_key().bytes, waits);
    if (next.transport) out += line_of("next transport", next.transport->public_key().bytes, waits);
    for (const auto& former : keys.former)
        out += line_of("former sealing", former.key.public_key().bytes,
                       "  (opens until " + format_time(former.until) + ")");
    return out;
}

bool take_over(NodeKeys& keys, const federation::KeyBundle& bundle, Time now) {
    bool changed = false;
    auto& next = keys.next;
    if (next.signing && next.signing->public_key() == bundle.signing) {
        keys.signing = std::move(*next.signing);
        next.signing.reset();
        changed = true;
    }
    if (next.sealing && next.sealing->public_key() == bundle.sealing) {
        keys.former.insert(
            keys.former.begin(),
            {std::move(keys.sealing), Time{now.ms - now.ms % 1000} + former_sealing_life});
        if (keys.former.size() > former_sealing_max)
            keys.former.erase(keys.former.begin() + former_sealing_max, keys.former.end());
        keys.sealing = std::move(*next.sealing);
        next.sealing.reset();
        changed = true;
    }
    return changed;
}

bool take_over_transport(NodeKeys& keys, const federation::KeyBundle& bundle) {
    auto& next = keys.next.transport;
    if (!next || next->public_key() != bundle.transport) return false;
    keys.transport = std::move(*next);
    next.reset();
    return true;
}

std::size_t destroy_former(NodeKeys& keys, Time now) {
    return std::erase_if(keys.former, [&](const FormerSealing& one) { return one.until <= now; });
}

void use_keys(NodeKeys& in_use, const NodeKeys& from) {
    const auto copy = [](const trust::SealingKey& key) { return trust::SealingKey(key.secret()); };
    std::vector<trust::SealingKey> openers;
    in_use.former.clear();
    for (const auto& former : from.former) {
        openers.push_back(copy(former.key));
        in_use.former.push_back({copy(former.key), former.until});
    }
    // A peer may follow the next directory before we do, and seal to the key in it.
    if (from.next.sealing) openers.push_back(copy(*from.next.sealing));
    in_use.signing.become(copy_of(from.signing));
    in_use.sealing.become(copy(from.sealing), std::move(openers));
}

}  // namespace sanad::node
