#include "nodes/plugin-check/static_rules.h"

#include <catch2/catch.hpp>

namespace sanad::plugin_check {
namespace {

using plugins::Kind;

TEST_CASE("functions that act on the whole process are banned, and ordinary ones are not") {
    for (const char* banned : {"fork", "execve", "posix_spawn", "sigaction", "setlocale", "setenv",
                               "atexit", "_exit", "dlopen", "chdir", "ptrace", "kill"})
        CHECK(is_banned_import(banned));
    for (const char* ordinary : {"malloc", "memcpy", "pthread_create", "forkpty_of_ours", "abort"})
        CHECK_FALSE(is_banned_import(ordinary));
}

TEST_CASE("a library may not be needed by its place, in another version, or from the node") {
    CHECK(objection_to_library("libc.so.6").empty());
    CHECK(objection_to_library("libpq.so.5").empty());
    CHECK(objection_to_library("libssl.so.3").empty());
    CHECK(objection_to_library("/opt/lib/libgood.so").find("place") != std::string::npos);
    CHECK(objection_to_library("libssl.so.1.1").find("libssl.so.3") != std::string::npos);
    CHECK_FALSE(objection_to_library("libcapnp-0.7.0.so").empty());
    CHECK_FALSE(objection_to_library("libcapnp-json-0.7.0.so").empty());
    CHECK(objection_to_library("libcapnp-json-" SANAD_CAPNP_VERSION ".so").empty());
    CHECK_FALSE(objection_to_library("libasan.so.8").empty());
    CHECK_FALSE(objection_to_library("libsanad.so").empty());
}

TEST_CASE("a version is three numbers") {
    for (const char* good : {"0.1.0", "1.2.3", "10.20.99999"}) CHECK(is_version(good));
    for (const char* bad :
         {"", "1", "1.2", "1.2.3.4", "1..3", "1.2.", "v1.2.3", "1.2.123456", "1.2.3 "})
        CHECK_FALSE(is_version(bad));
}

TEST_CASE("a license is an identifier, and a title is in its own script") {
    CHECK(is_license("Apache-2.0"));
    CHECK(is_license("GPL-2.0-or-later WITH GCC-exception-2.0"));
    CHECK_FALSE(is_license(""));
    CHECK_FALSE(is_license("see\nLICENSE"));
    CHECK(is_title_in_latin("Écho pour les tests"));
    CHECK_FALSE(is_title_in_latin("محادثة"));
    CHECK_FALSE(is_title_in_latin(""));
    CHECK(is_title_in_arabic("التخزين في PostgreSQL"));
    CHECK_FALSE(is_title_in_arabic("Storage"));
    CHECK_FALSE(is_title_in_arabic(""));
}

TEST_CASE("a grant is one of its kind, and names what it is about") {
    CHECK(is_known_grant(Kind::channel, "inbound.submit"));
    CHECK(is_known_grant(Kind::partner, "partner.view"));
    CHECK(is_known_grant(Kind::channel, "net.listen:listen"));
    CHECK_FALSE(is_known_grant(Kind::channel, "net.listen:"));
    CHECK_FALSE(is_known_grant(Kind::channel, "partner.view"));
    CHECK_FALSE(is_known_grant(Kind::storage, "inbound.submit"));
    CHECK_FALSE(is_known_grant(Kind::assist, "everything"));
}

}  // namespace
}  // namespace sanad::plugin_check
