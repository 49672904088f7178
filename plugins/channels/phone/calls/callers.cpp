#include "plugins/channels/phone/calls/callers.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace sanad::phone {

std::string caller_token(std::string_view key, std::string_view number) {
    std::string digits;
    std::ranges::copy_if(number, std::back_inserter(digits),
                         [](char c) { return c >= '0' && c <= '9'; });
    // 00 is how a telephone writes the + that a network sends.
    if (digits.starts_with("00")) digits.erase(0, 2);
    std::string token(16, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(token.data()), token.size(),
                       reinterpret_cast<const unsigned char*>(digits.data()), digits.size(),
                       reinterpret_cast<const unsigned char*>(key.data()), key.size());
    sodium_memzero(digits.data(), digits.size());
    return token;
}

void BrokenOff::note(const std::string& token, std::string conversation, std::string language,
                     Time now) {
    std::erase_if(calls_, [&](const auto& each) { return now - each.second.at > kept; });
    if (calls_.size() >= callers_max) {
        const auto oldest =
            std::ranges::min_element(calls_, {}, [](const auto& each) { return each.second.at; });
        calls_.erase(oldest);
    }
    calls_.insert_or_assign(token, Entry{{std::move(conversation), std::move(language)}, now});
}

std::optional<BrokenOff::Call> BrokenOff::take(const std::string& token, Time now) {
    const auto found = calls_.find(token);
    if (found == calls_.end()) return {};
    Entry entry = std::move(found->second);
    calls_.erase(found);
    if (now - entry.at > kept) return {};
    return std::move(entry.call);
}

}  // namespace sanad::phone
