#include "plugins/shared/return_code/return_code.h"

#include <sodium.h>

#include <cassert>
#include <mutex>
#include <new>

namespace sanad::return_code {

namespace {

constexpr unsigned long long passes = 3;
constexpr std::size_t memory_bytes = 16U << 20;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string key_of(std::string_view code) {
    static const bool ready = sodium_init() >= 0;
    assert(ready && code.size() == digits);
    // The same on every node, so that a covering node could open the conversation: the code has no
    // word of a person in it that a table of likely ones would find.
    constexpr unsigned char salt[crypto_pwhash_SALTBYTES + 1] = "sanad/return/v1.";
    static std::mutex one_at_a_time;  // bounds the memory, whoever asks how often
    const std::lock_guard lock(one_at_a_time);
    std::string key(key_bytes, '\0');
    const int done = crypto_pwhash(bytes_of(key), key.size(), code.data(), code.size(), salt,
                                   passes, memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
    if (done != 0) throw std::bad_alloc();
    return key;
}

std::string conversation_of(std::string_view code) {
    std::string key = key_of(code), conversation(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(bytes_of(conversation), bytes_of(key), key.size());
    sodium_memzero(key.data(), key.size());
    return conversation;
}

}  // namespace sanad::return_code
