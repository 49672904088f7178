#include "plugins/shared/http/sources.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace sanad::http {

std::uint64_t Sources::source_of(std::span<const unsigned char> address, Time now) {
    if (!has_key_ || now - key_made_ >= key_life) {
        const auto got = getrandom(key_.data(), key_.size(), 0);
        assert(got == static_cast<ssize_t>(key_.size()));
        key_made_ = now;
        has_key_ = true;
    }
    const std::size_t counted = address.size() == 16 ? 8 : address.size();
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned digest_bytes = 0;
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), address.data(), counted,
         digest.data(), &digest_bytes);
    assert(digest_bytes >= sizeof(std::uint64_t));
    std::uint64_t source = 0;
    std::memcpy(&source, digest.data(), sizeof source);
    return source;
}

std::optional<std::uint64_t> Sources::enter(std::uint64_t source, Time now) {
    auto& [row, budget] = row_of(source, now);
    if (limits_.connections_per_source != 0 && budget.connections >= limits_.connections_per_source)
        return {};
    ++budget.connections;
    return row;
}

void Sources::leave(std::uint64_t entered) {
    const auto found = budgets_.find(entered);
    assert(found != budgets_.end() && found->second.connections > 0);
    --found->second.connections;
}

bool Sources::spend(std::uint64_t source, Time now) {
    if (limits_.requests_per_second == 0) return true;
    Budget& budget = row_of(source, now).second;
    refill(budget, now);
    if (budget.tokens < 1) return false;
    budget.tokens -= 1;
    return true;
}

// When the table is full, every new source shares row 0.
std::unordered_map<std::uint64_t, Sources::Budget>::value_type& Sources::row_of(
    std::uint64_t source, Time now) {
    if (const auto found = budgets_.find(source); found != budgets_.end()) return *found;
    if (budgets_.size() >= sources_max) forget_idle(now);
    const std::uint64_t row = budgets_.size() >= sources_max ? 0 : source;
    return *budgets_.try_emplace(row, Budget{double(limits_.requests_burst), now}).first;
}

void Sources::refill(Budget& budget, Time now) const {
    const std::chrono::duration<double> passed = now - budget.at;
    budget.tokens = std::min(double(limits_.requests_burst),
                             budget.tokens + passed.count() * limits_.requests_per_second);
    budget.at = now;
}

void Sources::forget_idle(Time now) {
    std::erase_if(budgets_, [&](const auto& row) {
        Budget budget = row.second;
        refill(budget, now);
        return budget.connections == 0 && budget.tokens >= limits_.requests_burst;
    });
}

}  // namespace sanad::http
