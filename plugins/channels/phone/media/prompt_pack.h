#pragma once

#include "plugins/channels/phone/media/prompt.h"

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::phone {

inline constexpr std::size_t manifest_bytes_max = 256 * 1024;
inline constexpr std::size_t prompts_max = 500;  // of one language
inline constexpr std::size_t fallback_max = 4;

/// Opens a file of the packs' folder: "ar/manifest.toml". Nothing: it is not there.
using OpenPrompt = std::function<std::optional<std::string>(const std::string& path)>;

/// What is recorded, a folder a language: manifest.toml says of each prompt its text, its speaker,
/// its file and the SHA-256 of it, and whether it is a draft that a machine spoke. See
/// config/prompts/README.md.
class PromptPacks {
public:
    /// Reads the packs of these languages and of those that stand in for them.
    ///
    /// errors  what is wrong, a line each: the language, the prompt, and how to mend it
    static std::expected<PromptPacks, std::vector<std::string>> read(
        const std::vector<std::string>& languages, const OpenPrompt& open);

    /// The prompt in this language, else in the first of those that stand in for it. Null: in none.
    std::shared_ptr<const Prompt> find(std::string_view language, std::string_view id) const;
    bool can_say(std::string_view language, std::string_view id) const {
        return find(language, id) != nullptr;
    }
    /// How many are spoken by a machine.
    std::size_t drafts() const { return drafts_; }

private:
    struct Pack {
        std::vector<std::string> fallback;
        std::map<std::string, std::shared_ptr<const Prompt>, std::less<>> prompts;
    };

    std::map<std::string, Pack, std::less<>> packs_;
    std::size_t drafts_ = 0;
};

}  // namespace sanad::phone
