#include "core/node/courier_pages.h"
#include "core/node/courier_file.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sanad;
using namespace sanad::node;

namespace {

Bytes file_of(std::size_t bytes) {
    Bytes file(bytes);
    for (std::size_t i = 0; i < bytes; ++i) file[i] = static_cast<std::uint8_t>(i * i + i / 251);
    return file;
}

std::vector<std::string> pages_of(const Bytes& file) { return write_courier_pages(file).value(); }

std::string lines(const std::vector<std::string>& pages) {
    std::string text;
    for (const auto& page : pages) text += page + "\n";
    return text;
}

std::string fault_of(const std::string& text) {
    const auto file = read_courier_pages(text);
    return file ? "" : file.error().detail;
}

bool is_alphanumeric(char c) {
    return std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:").find(c) !=
           std::string_view::npos;
}

}  // namespace

TEST_CASE("the pages of a courier file are the file, at every size") {
    for (std::size_t size = 1; size <= courier_pages_bytes_max;
         size += size < 2 * courier_piece_bytes_max ? 13 : 997) {
        const Bytes file = file_of(size);
        const auto pages = pages_of(file);
        CHECK(pages.size() == (size + courier_piece_bytes_max - 1) / courier_piece_bytes_max);
        for (const auto& page : pages) {
            CHECK(page.size() <= courier_page_chars_max);
            CHECK(std::ranges::all_of(page, is_alphanumeric));
            CHECK(page.back() != ' ');
        }
        CHECK(read_courier_pages(lines(pages)).value() == file);
    }
}

TEST_CASE("a page says which it is, of how many, and of which file") {
    const auto pages = pages_of({'a', 'b', 'c'});
    // The SHA-256 of "abc" begins with ba7816bf (FIPS 180-4).
    CHECK(courier_mark(bytes_of("abc")) == "BA7816BF");
    REQUIRE(pages.size() == 1);
    CHECK(pages[0].starts_with("SANAD-COURIER 1/1 BA7816BF MFRGG"));  // "abc" in RFC 4648
    CHECK(pages_of(file_of(2'000))[1].starts_with("SANAD-COURIER 2/3 "));
}

TEST_CASE("a file of 24 KiB goes onto pages, and one byte more does not") {
    CHECK(pages_of(file_of(courier_pages_bytes_max)).size() == courier_pages_max);
    CHECK(write_courier_pages(file_of(courier_pages_bytes_max + 1)).error().fault ==
          Fault::bad_size);
    CHECK(write_courier_pages({}).error().fault == Fault::bad_size);
}

TEST_CASE("pages come in any order, repeatedly, and among what a scanner adds") {
    const Bytes file = file_of(4'000);
    auto pages = pages_of(file);
    REQUIRE(pages.size() == 5);
    while (std::ranges::next_permutation(pages).found)
        CHECK(read_courier_pages(lines(pages)).value() == file);
    std::ranges::sort(pages);
    std::string text = "\xEF\xBB\xBFscanned today\r\n\r\n";
    for (const auto& page : pages)
        text += "QR-Code:" + page + " \r\n12:01," + page + ",QR_CODE\n" + page + "\n";
    text.pop_back();
    CHECK(read_courier_pages(text).value() == file);
}

TEST_CASE("missing pages are named") {
    auto pages = pages_of(file_of(4'000));
    pages.erase(pages.begin() + 3);
    CHECK(fault_of(lines(pages)) == "page 4 of 5 is missing: scan what is missing and add it");
    pages.erase(pages.begin());
    CHECK(fault_of(lines(pages)) == "pages 1, 4 of 5 are missing: scan what is missing and add it");
    CHECK(read_courier_pages(lines(pages)).error().fault == Fault::not_found);
    CHECK(read_courier_pages("").error().fault == Fault::malformed);
    CHECK(read_courier_pages("hello\n").error().fault == Fault::malformed);
}

TEST_CASE("a changed character anywhere is refused, and the other copy of the page is taken") {
    const Bytes file = file_of(1'500);
    const auto pages = pages_of(file);
    REQUIRE(pages.size() == 2);
    for (std::size_t at = 0; at < pages[1].size(); ++at)
        for (const char other : {'A', '7', '1', ' ', 'a'}) {
            if (pages[1][at] == other) continue;
            std::string changed = pages[1];
            changed[at] = other;
            if (read_courier_pages(lines({pages[0], changed})))
                FAIL("character " << at << " as " << other);
            CHECK(read_courier_pages(lines({changed, pages[1], pages[0]})).value() == file);
        }
    std::string changed = pages[1];
    changed[40] = changed[40] == 'A' ? 'B' : 'A';
    CHECK(fault_of(lines({pages[0], changed})) ==
          "page 2 of 2 is missing; line 2 was read wrongly: scan what is missing and add it");
    CHECK(read_courier_pages(changed).error().fault == Fault::malformed);
    CHECK_FALSE(read_courier_pages(lines({pages[0], pages[1].substr(0, pages[1].size() - 1)})));
}

TEST_CASE("pages of two files are not put together") {
    const auto one = pages_of(file_of(1'500));
    const auto other = pages_of(Bytes(1'500, 9));
    CHECK(read_courier_pages(lines({one[0], other[1]})).error().fault == Fault::conflict);
    CHECK(read_courier_pages(lines({one[0], one[1], other[0]})).error().fault == Fault::conflict);
}

TEST_CASE("text with pages in it is told from a courier file") {
    const Bytes file = write_courier({{"ma.cmrpi"}, {"SANAD-COURIER "}, {1'000}, {Bytes(64, 1)}});
    CHECK_FALSE(is_courier_pages(file));
    CHECK(is_courier_pages(bytes_of(lines(pages_of(file)))));
    CHECK_FALSE(is_courier_pages({}));
    CHECK_FALSE(is_courier_pages(bytes_of("a letter")));
    CHECK(read_courier(read_courier_pages(lines(pages_of(file))).value()).has_value());
}
