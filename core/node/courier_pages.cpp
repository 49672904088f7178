#include "core/node/courier_pages.h"

#include "core/base/join.h"
#include "core/trust/hash.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace sanad::node {
namespace {

constexpr std::string_view name = "SANAD-COURIER ";
constexpr std::string_view base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view hexadecimal = "0123456789ABCDEF";
constexpr std::size_t mark_bytes = 4;
constexpr std::size_t check_bytes = 4;
constexpr std::size_t unread_named_max = 10;

std::string to_base32(ByteView bytes) {
    std::string text;
    unsigned held = 0, bits = 0;
    for (const auto byte : bytes) {
        held = held << 8 | byte;
        for (bits += 8; bits >= 5; bits -= 5) text += base32[held >> (bits - 5) & 31];
        held &= (1U << bits) - 1;
    }
    if (bits > 0) text += base32[held << (5 - bits) & 31];
    return text;
}

/// Exactly what to_base32 writes: one text for one string of bytes.
std::optional<Bytes> from_base32(std::string_view text) {
    Bytes bytes;
    unsigned held = 0, bits = 0;
    for (const char c : text) {
        const auto value = base32.find(c);
        if (value == base32.npos) return std::nullopt;
        held = held << 5 | static_cast<unsigned>(value);
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(held >> bits));
        held &= (1U << bits) - 1;
    }
    if (held != 0 || bits >= 5) return std::nullopt;
    return bytes;
}

std::array<std::uint8_t, check_bytes> check_of(std::string_view header, ByteView piece) {
    Bytes all(header.begin(), header.end());
    append(all, piece);
    const auto digest = trust::sha256(all);
    std::array<std::uint8_t, check_bytes> check{};
    std::copy_n(digest.begin(), check.size(), check.begin());
    return check;
}

struct Page {
    std::size_t number = 0, count = 0;
    std::string mark;
    Bytes piece;
};

/// A number of 1..courier_pages_max and the character behind it, taken off the front of `text`.
std::optional<std::size_t> take_number(std::string_view& text, char behind) {
    std::size_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || number == 0 || number > courier_pages_max) return std::nullopt;
    text.remove_prefix(std::size_t(end - text.data()));
    if (!text.starts_with(behind)) return std::nullopt;
    text.remove_prefix(1);
    return number;
}

/// `line` begins with the name.
std::optional<Page> page_in(std::string_view line) {
    Page page;
    auto rest = line.substr(name.size());
    const auto number = take_number(rest, '/');
    const auto count = number ? take_number(rest, ' ') : std::nullopt;
    if (!count || *number > *count || rest.size() < 2 * mark_bytes + 1) return std::nullopt;
    page.number = *number;
    page.count = *count;
    page.mark = rest.substr(0, 2 * mark_bytes);
    if (rest[2 * mark_bytes] != ' ') return std::nullopt;
    rest.remove_prefix(2 * mark_bytes + 1);
    const auto header = line.substr(0, line.size() - rest.size());
    auto bytes = from_base32(rest.substr(0, rest.find_first_not_of(base32)));
    if (!bytes || bytes->size() <= check_bytes ||
        bytes->size() > courier_piece_bytes_max + check_bytes)
        return std::nullopt;
    const ByteView piece = ByteView(*bytes).first(bytes->size() - check_bytes);
    if (!std::ranges::equal(check_of(header, piece), ByteView(*bytes).last(check_bytes)))
        return std::nullopt;
    page.piece.assign(piece.begin(), piece.end());
    return page;
}

/// The pages of one file, by their numbers; those that are not there have no piece.
struct Pages {
    std::string mark;
    std::vector<Bytes> pieces;
    std::vector<std::string> unread;  // numbers of lines

    Result<void> take(Page page) {
        if (pieces.empty()) {
            mark = page.mark;
            pieces.resize(page.count);
        }
        if (mark != page.mark || pieces.size() != page.count)
            return fail(Fault::conflict, "there are pages of two files in it, " + mark + " and " +
                                             page.mark + ": keep each file's pages apart");
        pieces[page.number - 1] = std::move(page.piece);
        return {};
    }
};

/// Such as `; line 7 was read wrongly`.
std::string unread_words(const std::vector<std::string>& unread) {
    if (unread.empty()) return {};
    return std::string("; ") + (unread.size() == 1 ? "line " : "lines ") + join(unread, ", ") +
           (unread.size() == 1 ? " was" : " were") + " read wrongly";
}

Result<Bytes> whole(const Pages& pages) {
    std::vector<std::string> missing;
    Bytes file;
    for (std::size_t i = 0; i < pages.pieces.size(); ++i) {
        if (pages.pieces[i].empty()) missing.push_back(std::to_string(i + 1));
        append(file, pages.pieces[i]);
    }
    if (!missing.empty())
        return fail(Fault::not_found,
                    (missing.size() == 1 ? "page " : "pages ") + join(missing, ", ") + " of " +
                        std::to_string(pages.pieces.size()) +
                        (missing.size() == 1 ? " is" : " are") + " missing" +
                        unread_words(pages.unread) + ": scan what is missing and add it");
    if (courier_mark(file) != pages.mark)
        return fail(Fault::bad_signature, "the pages do not make the file: scan all of them again");
    return file;
}

}  // namespace

std::string courier_mark(ByteView file) {
    const auto digest = trust::sha256(file);
    std::string mark;
    for (const auto byte : ByteView(digest).first(mark_bytes)) {
        mark += hexadecimal[byte >> 4];
        mark += hexadecimal[byte & 15];
    }
    return mark;
}

Result<std::vector<std::string>> write_courier_pages(ByteView file) {
    if (file.empty() || file.size() > courier_pages_bytes_max)
        return fail(Fault::bad_size, "courier pages");
    const std::size_t count = (file.size() + courier_piece_bytes_max - 1) / courier_piece_bytes_max;
    const std::string mark = courier_mark(file);
    std::vector<std::string> pages;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t begin = file.size() * i / count;
        const ByteView piece = file.subspan(begin, file.size() * (i + 1) / count - begin);
        std::string page(name);
        page += std::to_string(i + 1) + "/" + std::to_string(count) + " " + mark + " ";
        Bytes bytes(piece.begin(), piece.end());
        append(bytes, check_of(page, piece));
        pages.push_back(page + to_base32(bytes));
    }
    return pages;
}

// The first bytes of a courier file are a length below 2^24, so its fourth byte is zero.
bool is_courier_pages(ByteView content) {
    const auto text = text_of(content);
    return text.find('\0') == text.npos && text.find(name) != text.npos;
}

Result<Bytes> read_courier_pages(std::string_view text) {
    Pages pages;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const auto begin = line.find(name);
        if (begin == line.npos) continue;
        auto page = page_in(line.substr(begin));
        if (!page) {
            if (pages.unread.size() < unread_named_max)
                pages.unread.push_back(std::to_string(number));
            continue;
        }
        if (const auto taken = pages.take(std::move(*page)); !taken)
            return std::unexpected(taken.error());
    }
    if (pages.pieces.empty())
        return fail(Fault::malformed,
                    pages.unread.empty()
                        ? "there is no page of a courier file in it: scan the QR codes, each "
                          "result on a line of its own"
                        : "no page in it can be read: scan the QR codes again");
    return whole(pages);
}

}  // namespace sanad::node
