#include "core/federation/directory_trust.h"

#include <algorithm>
#include <set>
#include <vector>

namespace sanad::federation {
namespace {

Result<void> check_signatures(const trust::Note& note, std::span<const trust::Verifier> stewards,
                              std::uint32_t threshold) {
    if (threshold == 0) return fail(Fault::invalid, "directory: threshold of 0");
    const auto signers = trust::verify_note(note, stewards);
    if (!signers) return std::unexpected(signers.error());
    std::set<trust::PublicKey> keys;
    for (const trust::Verifier& signer : *signers) keys.insert(signer.key);
    if (keys.size() < threshold)
        return fail(Fault::untrusted, "directory: signed by " + std::to_string(keys.size()) +
                                          " of the " + std::to_string(threshold) +
                                          " stewards it needs");
    return {};
}

bool are_same(std::span<const trust::Verifier> left, std::span<const trust::Verifier> right) {
    const auto is_in = [](std::span<const trust::Verifier> all) {
        return
            [all](const trust::Verifier& one) { return std::ranges::find(all, one) != all.end(); };
    };
    return std::ranges::all_of(left, is_in(right)) && std::ranges::all_of(right, is_in(left));
}

}  // namespace

Result<SignedDirectory> verify_directory(std::string_view note,
                                         std::span<const trust::Verifier> trusted,
                                         std::uint32_t threshold) {
    auto parsed = trust::parse_note(note);
    if (!parsed) return std::unexpected(parsed.error());
    if (const auto good = check_signatures(*parsed, trusted, threshold); !good)
        return std::unexpected(good.error());
    auto directory = parse_directory(parsed->text);
    if (!directory) return std::unexpected(directory.error());
    if (directory->threshold != threshold || !are_same(directory->stewards, trusted)) {
        const auto good = check_signatures(*parsed, directory->stewards, directory->threshold);
        if (!good) return std::unexpected(good.error());
    }
    return SignedDirectory{std::move(*directory), std::move(*parsed)};
}

Result<SignedDirectory> verify_successor(const SignedDirectory& current, std::string_view note) {
    const Directory& old = current.directory;
    auto next = verify_directory(note, old.stewards, old.threshold);
    if (!next) return next;
    const Directory& fresh = next->directory;
    if (fresh.federation != old.federation)
        return fail(Fault::invalid, "directory: of another federation");
    if (next->note.text == current.note.text) return fail(Fault::denied, "directory_same");
    if (fresh.version == old.version)
        return fail(Fault::conflict, "directory: two texts of one version");
    if (fresh.version < old.version || fresh.issued < old.issued)
        return fail(Fault::denied, "directory_older");
    const bool hands_over =
        fresh.threshold != old.threshold || !are_same(fresh.stewards, old.stewards);
    if (hands_over && fresh.version != old.version + 1)
        return fail(Fault::denied, "directory_skips_a_change");
    return next;
}

Result<std::string> merge_signatures(std::string_view left, std::string_view right) {
    auto merged = trust::parse_note(left);
    if (!merged) return std::unexpected(merged.error());
    const auto more = trust::parse_note(right);
    if (!more) return std::unexpected(more.error());
    if (merged->text != more->text) return fail(Fault::conflict, "notes: two different texts");
    for (const trust::NoteSignature& signature : more->signatures) {
        if (std::ranges::find(merged->signatures, signature) == merged->signatures.end())
            merged->signatures.push_back(signature);
    }
    if (merged->signatures.size() > trust::note_signatures_max)
        return fail(Fault::exhausted, "notes: too many signatures");
    auto note = trust::write_note(*merged);
    if (note.size() > trust::note_bytes_max) return fail(Fault::bad_size, "notes: too long");
    return note;
}

}  // namespace sanad::federation
