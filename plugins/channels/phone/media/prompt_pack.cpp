#include "plugins/channels/phone/media/prompt_pack.h"

#include "plugins/channels/phone/media/wave.h"

#include <sodium.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>

namespace sanad::phone {

namespace {

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                       bytes.size());
    std::array<char, 2 * hash.size() + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    return std::string(hex.data());
}

// A file beside its manifest: no folder, no way out.
bool is_file_name(std::string_view name) {
    return !name.empty() && name.size() <= 80 && name[0] != '.' &&
           std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                      c == '.';
           });
}

struct Reading {
    std::vector<std::string> wrong;

    void complain(const std::string& language, std::string_view id, const std::string& what) {
        wrong.push_back(language + (id.empty() ? "" : ", " + std::string(id)) + ": " + what);
    }

    std::shared_ptr<const Prompt> prompt(const std::string& language, std::string_view id,
                                         const toml::table& entry, const OpenPrompt& open) {
        const auto file = entry["file"].value<std::string>();
        const auto hash = entry["sha256"].value<std::string>();
        if (!file || !is_file_name(*file)) {
            complain(language, id, "no file is named: record it, and write its name");
            return nullptr;
        }
        const auto bytes = open(language + "/" + *file);
        if (!bytes) {
            complain(language, id, *file + " is not there: put it beside manifest.toml");
            return nullptr;
        }
        if (!hash || sha256_hex(*bytes) != *hash) {
            complain(
                language, id,
                *file + " is not what the manifest says: listen to it, then write its SHA-256");
            return nullptr;
        }
        const auto samples = read_wave(*bytes);
        if (!samples) {
            complain(language, id,
                     *file + ": " + samples.error() + ": save it as 8 kHz, mono, 16 bits");
            return nullptr;
        }
        return std::make_shared<const Prompt>(*samples);
    }
};

}  // namespace

std::expected<PromptPacks, std::vector<std::string>> PromptPacks::read(
    const std::vector<std::string>& languages, const OpenPrompt& open) {
    PromptPacks packs;
    Reading reading;
    std::vector<std::string> wanted = languages;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const std::string language = wanted[i];
        if (packs.packs_.contains(language)) continue;
        const auto manifest = open(language + "/manifest.toml");
        if (!manifest || manifest->size() > manifest_bytes_max) {
            reading.complain(language, "",
                             "no manifest.toml in its folder: take the language out "
                             "of the flow, or add its prompts");
            continue;
        }
        toml::table parsed;
        try {
            parsed = toml::parse(*manifest);
        } catch (const toml::parse_error& error) {
            reading.complain(language, "",
                             "manifest.toml, line " + std::to_string(error.source().begin.line) +
                                 ": no TOML: correct that line");
            continue;
        }
        Pack& pack = packs.packs_[language];
        if (const auto* chain = parsed["fallback"].as_array())
            for (const auto& other : *chain)
                if (const auto name = other.value<std::string>();
                    name && pack.fallback.size() < fallback_max) {
                    pack.fallback.push_back(*name);
                    wanted.push_back(*name);
                }
        const auto* prompts = parsed["prompt"].as_table();
        if (!prompts || prompts->size() > prompts_max) {
            reading.complain(language, "", "no prompts, or more than 500: see README.md beside it");
            continue;
        }
        for (const auto& [id, node] : *prompts) {
            const auto* entry = node.as_table();
            if (!entry) continue;
            auto prompt = reading.prompt(language, id.str(), *entry, open);
            if (!prompt) continue;
            if ((*entry)["draft"].value_or(false)) ++packs.drafts_;
            pack.prompts.emplace(std::string(id.str()), std::move(prompt));
        }
    }
    if (!reading.wrong.empty()) return std::unexpected(std::move(reading.wrong));
    return packs;
}

std::shared_ptr<const Prompt> PromptPacks::find(std::string_view language,
                                                std::string_view id) const {
    const auto pack = packs_.find(language);
    if (pack == packs_.end()) return nullptr;
    if (const auto found = pack->second.prompts.find(id); found != pack->second.prompts.end())
        return found->second;
    for (const std::string& other : pack->second.fallback) {
        const auto in_place = packs_.find(other);
        if (in_place == packs_.end()) continue;
        if (const auto found = in_place->second.prompts.find(id);
            found != in_place->second.prompts.end())
            return found->second;
    }
    return nullptr;
}

}  // namespace sanad::phone
