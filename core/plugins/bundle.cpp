#include "core/plugins/bundle.h"

#include "core/base/encoding.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace sanad::plugins {
namespace {

constexpr std::string_view first_line = "sanad-plugin/v1\n";

std::vector<std::string> grants_in(std::string_view text) {
    constexpr std::string_view word = "grant ";
    std::vector<std::string> grants;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        if (line.starts_with(word)) grants.emplace_back(line.substr(word.size()));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return grants;
}

// What a signed text says of another plugin than this.
std::unexpected<Error> other_plugin(const ReadBundle& bundle, std::string_view text) {
    if (!text.starts_with(first_line))
        return fail(Fault::malformed,
                    "what is signed there is no plugin: use the note that belongs to this file");
    if (text.find("\nsha256 " + bundle.hash + "\n") == text.npos)
        return fail(Fault::conflict,
                    "this is not the file that was signed: get the file and its note again from "
                    "who gave them to you");
    if (grants_in(text) != bundle.file.manifest.grants)
        return fail(Fault::conflict,
                    "the note names other grants than the plugin asks for: have the file signed "
                    "again with sanad plugin sign");
    return fail(Fault::conflict,
                "the note describes the plugin otherwise than it is: have the file signed again "
                "with sanad plugin sign");
}

std::vector<trust::Verifier> keys_of(std::span<const BundleSigner> signers) {
    std::vector<trust::Verifier> keys;
    for (const auto& signer : signers) keys.push_back(signer.key);
    return keys;
}

}  // namespace

const char* name(SignerRole role) {
    constexpr const char* names[] = {"project", "country", "partner"};
    return names[static_cast<std::size_t>(role)];
}

Result<ReadBundle> read_bundle(ByteView library) {
    auto file = read_plugin(library);
    if (!file) return std::unexpected(file.error());
    return ReadBundle{std::move(*file), to_hex(trust::sha256(library)), library.size()};
}

Result<ReadBundle> read_bundle(const Descriptor& library) {
    const auto bytes = read_library(library);
    if (!bytes) return std::unexpected(bytes.error());
    return read_bundle(ByteView(*bytes));
}

std::string bundle_text(const ReadBundle& bundle) {
    const Manifest& manifest = bundle.file.manifest;
    std::string text(first_line);
    text += "id " + manifest.id + "\nversion " + manifest.version + "\nkind " +
            name(manifest.kind) + "\nsha256 " + bundle.hash + "\nsize " +
            std::to_string(bundle.size) + "\n";
    for (const std::string& grant : manifest.grants) text += "grant " + grant + "\n";
    return text;
}

Result<BundleSigner> judge_bundle(const ReadBundle& bundle, std::string_view note_text,
                                  std::span<const BundleSigner> signers) {
    const auto note = trust::parse_note(note_text);
    if (!note)
        return fail(Fault::malformed, "its note is damaged (" + note.error().detail +
                                          "): get it again from who gave it to you");
    const auto keys = keys_of(signers);
    const auto signed_by = trust::verify_note(*note, keys);
    if (!signed_by && signed_by.error().fault == Fault::bad_signature)
        return fail(Fault::bad_signature,
                    "its note was changed after it was signed: get it again from who gave it to "
                    "you");
    if (!signed_by)
        return fail(Fault::untrusted,
                    "it is signed by nobody whom this node believes: have it signed by a key of "
                    "[[plugins.signer]] in node.toml, or add its signer there");
    if (note->text != bundle_text(bundle)) return other_plugin(bundle, note->text);
    std::optional<BundleSigner> best;
    for (const auto& signer : signers)
        if (signer.kinds.contains(bundle.file.manifest.kind) &&
            std::ranges::find(*signed_by, signer.key) != signed_by->end() &&
            (!best || signer.role < best->role))
            best = signer;
    if (best) return *best;
    return fail(Fault::untrusted, signed_by->front().name + " may not sign a " +
                                      name(bundle.file.manifest.kind) +
                                      ": have it signed by who may, or add the kind to its "
                                      "[[plugins.signer]] in node.toml");
}

}  // namespace sanad::plugins
