#include "core/node/doctor.h"

#include "core/api/socket_path.h"
#include "core/base/time_text.h"
#include "core/federation/directory_trust.h"
#include "core/node/files.h"
#include "core/node/form_file.h"
#include "core/node/initialise.h"
#include "core/node/lexicon_files.h"
#include "core/node/plugin_store.h"
#include "core/node/policy_files.h"
#include "core/node/trust_file.h"
#include "core/plugins/store_plugin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <cstring>
#include <optional>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

enum class Running : bool { no, yes };

class Examination {
public:
    Examination(const Configuration& configuration, const Clock& clock,
                std::vector<Finding>& findings)
        : configuration_(configuration), clock_(clock), findings_(findings) {}

    void say(Level level, std::string subject, std::string text) {
        findings_.push_back({level, std::move(subject), std::move(text)});
    }
    void running();
    void keys(const VaultInputs& inputs);
    void plugins();
    void store();
    void words();
    void phrases();
    void policy();
    void directory();
    void port();

private:
    void membership(const federation::Directory& directory);

    const Configuration& configuration_;
    const Clock& clock_;
    std::vector<Finding>& findings_;
    std::optional<NodeKeys> keys_;
    std::optional<trust::StoreId> store_id_;
    Running running_ = Running::no;
};

void Examination::running() {
    const auto door = api::connect_to(configuration_.door());
    running_ = door ? Running::yes : Running::no;
    say(Level::good, "node", door ? "is running" : "is not running");
}

void Examination::keys(const VaultInputs& inputs) {
    auto vault_key = load_vault_key(configuration_.vault, inputs);
    if (!vault_key) return say(Level::bad, "vault key", vault_key.error().detail);
    say(Level::good, "vault key", "can be read");
    const auto id = load_store_id(configuration_.store_id_file());
    if (!id) return say(Level::bad, "store id", id.error().detail);
    store_id_ = *id;
    auto keys = load_keys(configuration_.keys_file(), trust::Vault(std::move(*vault_key), *id));
    if (!keys) return say(Level::bad, "node keys", keys.error().detail);
    keys_.emplace(std::move(*keys));
    say(Level::good, "node keys", "open with the vault key");
}

void Examination::plugins() {
    auto all = configuration_.plugins;
    all.insert(all.begin(), configuration_.store);
    for (const PluginSettings& plugin : all) {
        const std::string subject = "plugin " + plugin.instance;
        const auto opened = open_plugin(configuration_, plugin);
        const auto settled = opened ? check_settings(*opened, plugin)
                                    : Result<CheckedSettings>(std::unexpected(opened.error()));
        if (!settled)
            say(Level::bad, subject, settled.error().detail);
        else
            say(Level::good, subject,
                opened->from.string() + ", version " + opened->manifest().version +
                    (opened->signer ? ", signed by " + opened->signer->key.name : ""));
    }
}

void Examination::store() {
    if (running_ == Running::yes)
        return say(Level::good, "store", "is in use by the running node; see sanad status");
    const auto file = trusted_library(configuration_, configuration_.store);
    if (!file || !store_id_) return;
    const std::string& settings = configuration_.store.config;
    const auto probed = plugins::probe_store(*file, settings, {std::string(meta_table)},
                                             plugins::ProbeDepth::edges);
    if (!probed)
        return say(Level::bad, "store",
                   "cannot be opened (" + probed.error().detail +
                       "): look whether another program uses it, or restore it from a backup");
    NullLog log;
    auto open = plugins::open_store(*file, settings, log, clock_);
    if (!open) return say(Level::bad, "store", open.error().detail + ": look at the disk");
    const auto identity = check_store_identity(*open->store, *store_id_, configuration_.id);
    open->store.reset();
    const auto stopped = open->instance->stop();
    if (!identity) return say(Level::bad, "store", identity.error().detail);
    if (!stopped) return say(Level::bad, "store", stopped.error().detail + ": look at the disk");
    say(Level::good, "store", "opens, and is this node's own");
}

void Examination::words() {
    const fs::path folder = configuration_.share / "taxonomy";
    std::error_code fault;
    if (!fs::is_directory(folder, fault))
        return say(Level::bad, "word lists",
                   folder.string() + ": there is no such folder: correct node.share in node.toml");
    say(Level::good, "word lists", folder.string());
    const auto taxonomies = load_taxonomies(configuration_.share);
    if (!taxonomies) return;  // policy() says why
    if (const auto form = load_form(configuration_, *taxonomies); !form)
        say(Level::bad, "case form", form.error().detail);
    else
        say(Level::good, "case form", "version " + form->version);
}

void Examination::phrases() {
    const auto lexicon = load_lexicon(configuration_.share);
    if (!lexicon)
        return say(Level::bad, "hint phrases", lexicon.error().detail + ": correct that line");
    if (lexicon->phrase_count() > 0)
        return say(Level::good, "hint phrases", std::to_string(lexicon->phrase_count()));
    say(Level::note, "hint phrases",
        (configuration_.share / "lexicon").string() +
            ": there are none, so no message is pointed out: install config/lexicon");
}

void Examination::policy() {
    const auto taxonomies = load_taxonomies(configuration_.share);
    if (!taxonomies) return say(Level::bad, "policy", taxonomies.error().detail);
    const auto policies = load_policies(configuration_, *taxonomies);
    if (!policies) return say(Level::bad, "policy", policies.error().detail);
    std::string unreviewed;
    for (const auto& policy : policies->packs)
        if (!policy.is_reviewed())
            unreviewed += (unreviewed.empty() ? "" : ", ") + policy.pack.name;
    if (policies->of_country(federation::country_of(configuration_.id)) == nullptr)
        return say(Level::bad, "policy",
                   "no pack speaks for this node's country, so nothing may leave: sanad policy "
                   "install --help");
    if (unreviewed.empty()) return say(Level::good, "policy", "every pack was reviewed");
    say(Level::note, "policy",
        "not reviewed by a lawyer: " + unreviewed +
            ": have them read (sanad policy show), signed (sanad policy sign) and installed");
}

void Examination::membership(const federation::Directory& directory) {
    const auto* own = federation::find_node(directory, configuration_.id);
    if (own == nullptr)
        return say(
            Level::bad, "membership",
            configuration_.id.text +
                ": is not in the directory: give the stewards what sanad node bundle prints");
    if (own->status == federation::NodeStatus::revoked)
        return say(Level::bad, "membership",
                   configuration_.id.text + ": is revoked: speak with the stewards");
    const auto waits = [](const auto& next, const auto& key) {
        return next && next->public_key() == key;
    };
    const bool has_keys = !keys_ || ((own->keys.signing == keys_->signing.public_key() ||
                                      waits(keys_->next.signing, own->keys.signing)) &&
                                     (own->keys.sealing == keys_->sealing.public_key() ||
                                      waits(keys_->next.sealing, own->keys.sealing)) &&
                                     (own->keys.transport == keys_->transport.public_key() ||
                                      waits(keys_->next.transport, own->keys.transport)));
    if (!has_keys)
        return say(Level::bad, "membership",
                   "the directory has other keys of this node: give the stewards what sanad node "
                   "bundle prints");
    if (own->endpoints != configuration_.federation.endpoints)
        return say(Level::note, "membership",
                   "the directory has other endpoints than node.toml: correct one of them");
    say(Level::good, "membership", "this node stands in the directory with its keys");
}

void Examination::directory() {
    const auto& settings = configuration_.federation;
    std::error_code fault;
    if (!fs::exists(settings.trust, fault) || !fs::exists(settings.directory, fault))
        return say(Level::note, "directory",
                   "none yet: this node works alone until sanad directory install");
    const auto trusted = load_trust(settings.trust);
    if (!trusted) return say(Level::bad, "directory", trusted.error().detail);
    const auto note = read_file(settings.directory, trust::note_bytes_max, FileTrust::own);
    if (!note) return say(Level::bad, "directory", note.error().detail);
    const auto believed =
        federation::verify_directory(*note, trusted->stewards, trusted->threshold);
    if (!believed)
        return say(Level::bad, "directory",
                   settings.directory.string() + ": " + believed.error().detail +
                       ": ask the stewards for it again");
    const auto& directory = believed->directory;
    const auto validity = federation::validity(directory, clock_.now(), settings.grace);
    const bool is_valid = validity == federation::Validity::valid;
    std::string text = directory.federation + ", version " + std::to_string(directory.version) +
                       ", until " + format_time(directory.expires);
    if (validity == federation::Validity::not_yet)
        text += ": issued later than now: check this machine's clock";
    else if (!is_valid)
        text += validity == federation::Validity::expired_hard
                    ? ": expired long ago: no new referral leaves; ask the stewards for the next "
                      "one, or see sanad directory override --help"
                    : ": expired: everything still works; ask the stewards for the next one";
    say(is_valid ? Level::good : Level::bad, "directory", text);
    membership(directory);
}

// A literal address only: a name would ask the network.
void Examination::port() {
    const std::string& bind = configuration_.federation.bind;
    if (bind.empty()) return say(Level::good, "port", "this node only dials");
    const std::string_view where = std::string_view(bind).substr(std::strlen("tcp://"));
    const auto colon = where.rfind(':');
    const std::string host(where.substr(0, colon));
    const std::string_view digits = where.substr(colon + 1);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    std::uint16_t port = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), port);
    const bool can_try = ::inet_pton(AF_INET, host.c_str(), &address.sin_addr) == 1 && port != 0;
    if (running_ == Running::yes || !can_try) return say(Level::good, "port", bind);
    address.sin_port = htons(port);
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return say(Level::good, "port", bind + " is free");
    say(Level::bad, "port",
        bind + ": " + std::strerror(errno) + ": end the other program, or change federation.bind");
}

}  // namespace

const char* name(Level level) {
    switch (level) {
        case Level::good:
            return "good";
        case Level::note:
            return "note";
        case Level::bad:
            return "bad";
    }
    return "";
}

std::vector<Finding> examine(const fs::path& file, const VaultInputs& inputs, const Clock& clock) {
    std::vector<Finding> findings;
    const auto configuration = load_configuration(file);
    if (!configuration) {
        findings.push_back({Level::bad, "configuration", configuration.error().detail});
        return findings;
    }
    findings.push_back({Level::good, "configuration", configuration->file.string()});
    Examination examination(*configuration, clock, findings);
    examination.running();
    examination.keys(inputs);
    examination.plugins();
    examination.store();
    examination.words();
    examination.phrases();
    examination.policy();
    examination.directory();
    examination.port();
    return findings;
}

}  // namespace sanad::node
