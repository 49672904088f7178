#include "nodes/passport-verifier/outer_form.h"

#include <algorithm>
#include <cstdint>

namespace sanad::verifier {
namespace {

constexpr std::size_t word_bytes = 8;

std::uint64_t words_of(std::size_t bytes) { return (bytes + word_bytes - 1) / word_bytes; }

void append_word(Bytes& to, std::uint64_t word) {
    for (std::size_t i = 0; i < word_bytes; ++i) to.push_back(std::uint8_t(word >> 8 * i));
}

void append_padded(Bytes& to, ByteView bytes, std::uint64_t words) {
    const auto end = to.size() + words * word_bytes;
    append(to, bytes);
    to.resize(end);
}

// A pointer to so many bytes, which begin `offset` words behind it.
std::uint64_t pointer_to_bytes(std::uint64_t offset, std::uint64_t count) {
    return 1 | offset << 2 | std::uint64_t(2) << 32 | count << 35;
}

}  // namespace

bool is_in_its_one_form(ByteView file, ByteView contents, std::string_view statement) {
    const auto contents_words = words_of(contents.size());
    const auto statement_words = words_of(statement.size() + 1);
    Bytes form;
    form.reserve(file.size());
    append_word(form, (4 + contents_words + statement_words) << 32);  // the frame: one segment
    append_word(form, std::uint64_t(1) << 32 | std::uint64_t(2) << 48);
    append_word(form, 1);  // the version
    append_word(form, pointer_to_bytes(1, contents.size()));
    append_word(form, pointer_to_bytes(contents_words, statement.size() + 1));
    append_padded(form, contents, contents_words);
    append_padded(form, bytes_of(statement), statement_words);
    return std::ranges::equal(form, file);
}

}  // namespace sanad::verifier
