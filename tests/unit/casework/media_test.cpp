#include "core/casework/media.h"

#include <catch2/catch.hpp>

#include <string>

using namespace sanad;
using namespace sanad::casework;
using namespace std::string_view_literals;

namespace {

Media of(std::string_view content) { return media_of(bytes_of(content)); }

std::string filled(std::string_view head, std::size_t offset = 0) {
    std::string content(4096, '\x01');
    content.replace(offset, head.size(), head);
    return content;
}

}  // namespace

TEST_CASE("a file is judged by what it holds, whatever it is called") {
    CHECK(of(filled("\xFF\xD8\xFF\xE0"sv)) == Media::image);
    CHECK(of(filled("\x89PNG\r\n\x1A\n"sv)) == Media::image);
    CHECK(of(filled("GIF89a"sv)) == Media::image);
    CHECK(of(filled("WEBP"sv, 8)) == Media::image);
    CHECK(of(filled("ftypheic"sv, 4)) == Media::image);
    CHECK(of(filled("BM"sv)) == Media::image);
    CHECK(of(filled("ftypisom"sv, 4)) == Media::video);
    CHECK(of(filled("\x1A\x45\xDF\xA3"sv)) == Media::video);
    CHECK(of(filled("AVI "sv, 8)) == Media::video);
    CHECK(of(filled("ID3\4"sv)) == Media::audio);
    CHECK(of(filled("PK\3\4"sv)) == Media::archive);
    CHECK(of(filled("ustar"sv, 257)) == Media::archive);
    CHECK(of(filled("%PDF-1.7"sv)) == Media::document);
    CHECK(of(filled("\x7F"
                    "ELF"sv)) == Media::program);
    CHECK(of("#!/bin/sh\n") == Media::program);
}

TEST_CASE("pictures and pages that are written as text are no text") {
    CHECK(of("<svg xmlns='http://www.w3.org/2000/svg'></svg>") == Media::image);
    CHECK(of("<?xml version='1.0'?>\n<svg/>") == Media::image);
    CHECK(of("  <!DOCTYPE html><p>hello") == Media::markup);
    CHECK(of("see data:image/png;base64,iVBORw0KGgo=") == Media::encoded);
}

TEST_CASE("text stays text in every language of the helpline") {
    CHECK(of("حوار مع المدرسة يوم الإثنين\n") == Media::text);
    CHECK(of("Compte rendu de l’école, lundi\r\n\tà relire") == Media::text);
    CHECK(of("ⵜⴰⵎⴰⵣⵉⵖⵜ") == Media::text);
    CHECK(of("BM is how her friend signs") == Media::text);
    CHECK(of("MZ was here") == Media::text);
}

TEST_CASE("each part of a text is a text, wherever it is parted") {
    const std::string text = "Première ligne\r\rseconde ligne\r";
    for (std::size_t at = 1; at < text.size(); ++at) {
        if ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;
        CHECK(of(text.substr(0, at)) == Media::text);
        CHECK(media_of_part(bytes_of(text).subspan(at)) == Media::text);
    }
}

TEST_CASE("bytes hidden in letters are found from 512 letters on, over broken lines too") {
    CHECK(of(std::string(encoded_run_max - 1, 'a')) == Media::text);
    CHECK(of(std::string(encoded_run_max, 'a')) == Media::encoded);
    std::string mail;
    for (int line = 0; line < 10; ++line) mail += std::string(76, 'Q') + "\r\n";
    CHECK(of(mail) == Media::encoded);
    std::string prose;
    for (int word = 0; word < 400; ++word) prose += "word ";
    CHECK(of(prose) == Media::text);
}

TEST_CASE("what is no text and of no known form is refused as unknown") {
    CHECK(of("") == Media::unknown);
    CHECK(of("a\0b"sv) == Media::unknown);
    CHECK(of("\xC3\x28 broken") == Media::unknown);
    CHECK(of("\x1B[2J") == Media::unknown);
    CHECK(of("\r\xDA\r\x89") == Media::unknown);  // no character, whatever is taken out of it
}
