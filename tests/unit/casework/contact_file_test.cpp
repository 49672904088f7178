#include "core/casework/contact_file.h"

#include <catch2/catch.hpp>

#include <optional>

namespace sanad::casework {
namespace {

Bytes bytes(std::size_t size, std::string_view beginning = {}) {
    Bytes all(beginning.begin(), beginning.end());
    all.resize(std::max(size, all.size()), 0xD5);
    return all;
}

ContactFilePart first(std::string media_type, Bytes content, bool last = false) {
    return {0, std::move(content), last, "homework", std::move(media_type)};
}

std::optional<Fault> fault(const ContactFile& file, const ContactFilePart& part) {
    const auto checked = check_part(file, part);
    return checked ? std::nullopt : std::optional(checked.error().fault);
}

ContactFile begun(std::uint32_t parts, std::uint32_t size) {
    ContactFile file;
    file.parts = parts;
    file.bytes = size;
    return file;
}

TEST_CASE("a document and a recorded voice are taken") {
    CHECK(check_part({}, first("application/pdf", bytes(600, "%PDF-1.7"))));
    CHECK(check_part({}, first("audio/PCMA", bytes(8'000))));
    CHECK(check_part({}, first("audio/PCMA", bytes(160), true)));
}

TEST_CASE("a picture or a film is refused, by its media type and by what it is") {
    for (const auto* type : {"image/png", "IMAGE/svg+xml", "video/mp4"})
        CHECK(fault({}, first(type, bytes(600))) == Fault::denied);
    for (const std::string_view beginning :
         {std::string_view("\xFF\xD8\xFF\xE0"), std::string_view("\x89PNG\r\n"),
          std::string_view("GIF89a"),
          std::string_view("\0\0\0\x18"
                           "ftypmp42",
                           12),
          std::string_view("RIFF\0\0\0\0WEBP", 12)})
        CHECK(fault({}, first("application/pdf", bytes(600, beginning))) == Fault::denied);
}

TEST_CASE("a first part is long enough to say what the file is") {
    CHECK(fault({}, first("audio/PCMA", bytes(file_first_part_bytes_min))) == std::nullopt);
    CHECK(fault({}, first("audio/PCMA", bytes(file_first_part_bytes_min - 1))) == Fault::bad_size);
}

TEST_CASE("parts come one after the other, until the last one") {
    CHECK(fault(begun(2, 9'000), {2, bytes(10)}) == std::nullopt);
    CHECK(fault(begun(2, 9'000), {3, bytes(10)}) == Fault::conflict);
    CHECK(fault({}, {1, bytes(600)}) == Fault::conflict);
    auto whole = begun(2, 9'000);
    whole.whole = true;
    CHECK(fault(whole, {2, bytes(10)}) == Fault::conflict);
}

TEST_CASE("parts and files have a most") {
    CHECK(fault(begun(1, 600), {1, bytes(file_part_bytes_max)}) == std::nullopt);
    CHECK(fault(begun(1, 600), {1, bytes(file_part_bytes_max + 1)}) == Fault::bad_size);
    CHECK(fault(begun(1, 600), {1, {}}) == Fault::bad_size);
    CHECK(fault(begun(1, 600), {1, {}, true}) == std::nullopt);
    CHECK(fault(begun(1, file_bytes_max - 10), {1, bytes(10)}) == std::nullopt);
    CHECK(fault(begun(1, file_bytes_max - 10), {1, bytes(11)}) == Fault::exhausted);
}

TEST_CASE("a name that would turn a line, or no media type, is refused") {
    auto part = first("application/pdf", bytes(600));
    part.name =
        "report\xE2\x80\xAE"
        "fdp.exe";
    CHECK(fault({}, part) == Fault::malformed);
    CHECK(fault({}, first("pdf", bytes(600))) == Fault::malformed);
    part = first("application/pdf", bytes(600));
    part.name.assign(file_name_bytes_max + 1, 'a');
    CHECK(fault({}, part) == Fault::bad_size);
    part.name.clear();
    CHECK(fault({}, part) == std::nullopt);
}

TEST_CASE("a file is read as it was written") {
    ContactFile file{{1, 2, 3}, 4, "homework", "application/pdf", 9'000, 2, true, {5}};
    CHECK(read_contact_file(write_record(file)).value() == file);
}

}  // namespace
}  // namespace sanad::casework
