#include "core/node/erased_file.h"

#include "tests/support/folder.h"

#include <catch2/catch.hpp>

namespace sanad::node {
namespace {

store::KeyHash hash_of(std::uint8_t number) {
    store::KeyHash hash{};
    hash.fill(number);
    return hash;
}

}  // namespace

TEST_CASE("the list of erased keys grows, and is read as it was written") {
    const test::Folder folder;
    const auto file = folder / "erased.list";
    CHECK(load_erased(file)->empty());
    REQUIRE(append_erased(file, {}));
    CHECK_FALSE(std::filesystem::exists(file));
    REQUIRE(append_erased(file, {hash_of(1), hash_of(2)}));
    REQUIRE(append_erased(file, {hash_of(3)}));
    const auto read = load_erased(file);
    REQUIRE(read);
    CHECK(*read == std::vector{hash_of(1), hash_of(2), hash_of(3)});
    CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::others_all) ==
          std::filesystem::perms::none);
}

TEST_CASE("a line that a power cut cut short is left out, and the next one stands by itself") {
    const test::Folder folder;
    const auto whole = folder / "whole";
    REQUIRE(append_erased(whole, {hash_of(1), hash_of(2)}));
    const auto text = test::content_of(whole);
    for (std::size_t size = 0; size < text.size(); ++size) {
        INFO(size);
        const auto file = folder.file("cut", text.substr(0, size));
        const auto before = load_erased(file);
        REQUIRE(before);
        REQUIRE(append_erased(file, {hash_of(3)}));
        const auto after = load_erased(file);
        REQUIRE(after);
        CHECK(after->size() == before->size() + 1);
        CHECK(after->back() == hash_of(3));
    }
}

TEST_CASE("a damaged list stops the start: it is what keeps erased things erased") {
    const test::Folder folder;
    const auto file = folder / "erased.list";
    REQUIRE(append_erased(file, {hash_of(1)}));
    auto text = test::content_of(file);
    text[30] = 'x';
    CHECK(load_erased(folder.file("damaged", text)).error().fault == Fault::malformed);
    CHECK(load_erased(folder.file("open", test::content_of(file), 0644)).error().fault ==
          Fault::denied);
}

}  // namespace sanad::node
