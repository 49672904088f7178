#include "core/node/policy_files.h"

#include "core/node/ceremony.h"
#include "core/node/files.h"

#include <algorithm>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;
using federation::PolicySet;
using federation::SignedPolicy;

constexpr std::string_view ending = ".policy";
constexpr ::mode_t pack_mode = 0600;

fs::path own_folder(const Configuration& configuration) { return configuration.folder / "policy"; }

Result<std::vector<fs::path>> pack_files(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code fault;
    if (!fs::exists(folder, fault)) return files;
    for (const auto& file : fs::directory_iterator(folder, fault))
        if (file.path().extension() == ending) files.push_back(file.path());
    if (fault) return fail(Fault::io, folder.string() + ": " + fault.message());
    if (files.size() > federation::policy_packs_max)
        return fail(Fault::bad_size, folder.string() + ": too many packs: remove some");
    std::ranges::sort(files);
    return files;
}

Result<std::vector<SignedPolicy>> packs_in(const fs::path& folder, FileTrust trust,
                                           const std::optional<trust::Verifier>& signer,
                                           const casework::Taxonomies& taxonomies) {
    const auto files = pack_files(folder);
    if (!files) return std::unexpected(files.error());
    std::vector<SignedPolicy> packs;
    for (const auto& file : *files) {
        const auto text = read_file(file, federation::policy_note_bytes_max, trust);
        if (!text) return std::unexpected(text.error());
        auto policy = federation::open_policy(*text, signer, taxonomies);
        if (!policy)
            return fail(policy.error().fault, file.string() + ": " + policy.error().detail +
                                                  ": correct it, or put the former one back");
        packs.push_back(std::move(*policy));
    }
    return packs;
}

Result<void> check_countries(const PolicySet& set) {
    std::set<std::string> seen;
    for (const auto& policy : set.packs)
        for (const auto& country : policy.pack.covers)
            if (!seen.insert(country).second)
                return fail(Fault::conflict,
                            "two policy packs speak for " + country + ": remove one of them");
    return {};
}

}  // namespace

Result<casework::Taxonomies> load_taxonomies(const fs::path& share) {
    casework::Taxonomies taxonomies;
    const auto folder = share / "taxonomy";
    std::error_code fault;
    for (const auto& file : fs::directory_iterator(folder, fault)) {
        if (file.path().extension() != ".tsv") continue;
        const auto text = read_file(file.path(), casework::taxonomy_bytes_max, FileTrust::any);
        if (!text) return std::unexpected(text.error());
        const auto added = taxonomies.add(file.path().stem().string(), *text);
        if (!added)
            return fail(added.error().fault, file.path().string() + ": " + added.error().detail);
    }
    if (fault)
        return fail(Fault::not_found,
                    folder.string() + ": no taxonomies there: install config/taxonomy");
    for (const auto wanted : casework::required_taxonomies())
        if (taxonomies.find(wanted) == nullptr)
            return fail(Fault::not_found, (folder / std::string(wanted)).string() +
                                              ".tsv is missing: install config/taxonomy whole");
    return taxonomies;
}

Result<PolicySet> load_policies(const Configuration& configuration,
                                const casework::Taxonomies& taxonomies) {
    const auto& signer = configuration.policy_signer;
    auto own = packs_in(own_folder(configuration), FileTrust::own, signer, taxonomies);
    if (!own) return std::unexpected(own.error());
    auto shipped = packs_in(configuration.share / "policy", FileTrust::any, signer, taxonomies);
    if (!shipped) return std::unexpected(shipped.error());
    PolicySet set{std::move(*own)};
    for (auto& policy : *shipped) {
        if (set.named(policy.pack.name) != nullptr) continue;
        policy.from_installation = true;
        set.packs.push_back(std::move(policy));
    }
    if (const auto sound = check_countries(set); !sound) return std::unexpected(sound.error());
    return set;
}

Result<SignedPolicy> install_policy(const Configuration& configuration, const PolicySet& current,
                                    std::string_view text_or_note,
                                    const casework::Taxonomies& taxonomies) {
    const auto& signer = configuration.policy_signer;
    auto policy = federation::open_policy(text_or_note, signer, taxonomies);
    if (!policy) return policy;
    if (signer && !policy->is_trusted)
        return fail(Fault::untrusted, "policy.signer has not signed this pack");
    if (const auto* before = current.named(policy->pack.name)) {
        const bool other_text = policy->pack.version == before->pack.version &&
                                policy->pack.rules != before->pack.rules;
        if (policy->pack.version < before->pack.version || other_text)
            return fail(Fault::denied, "policy_older");
    }
    PolicySet next = current;
    std::erase_if(next.packs,
                  [&](const auto& other) { return other.pack.name == policy->pack.name; });
    next.packs.push_back(*policy);
    if (const auto sound = check_countries(next); !sound) return std::unexpected(sound.error());
    std::error_code fault;
    fs::create_directory(own_folder(configuration), fault);
    if (fault) return fail(Fault::io, own_folder(configuration).string() + ": " + fault.message());
    fs::permissions(own_folder(configuration), fs::perms::owner_all, fault);
    const auto file = own_folder(configuration) / (policy->pack.name + std::string(ending));
    if (const auto written = replace_file(file, text_or_note, pack_mode); !written)
        return std::unexpected(written.error());
    return policy;
}

Result<std::string> sign_policy(std::string_view text_or_note, std::string_view reviewer,
                                const fs::path& key_file, const casework::Taxonomies& taxonomies) {
    const auto note = trust::parse_note(text_or_note);
    const std::string text = note ? note->text : std::string(text_or_note);
    const auto changed = casework::with_reviewer(text, reviewer);
    if (!changed) return std::unexpected(changed.error());
    // What cannot be read by a node is not signed.
    if (const auto pack = casework::parse_policy(*changed, taxonomies); !pack)
        return std::unexpected(pack.error());
    // The same words signed by others stay signed by them.
    return sign_note_with(note && note->text == *changed ? text_or_note : *changed, key_file);
}

}  // namespace sanad::node
