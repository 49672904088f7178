#include "plugins/storage/postgres/parameters.h"
#include "plugins/storage/postgres/connection.h"

#include <catch2/catch.hpp>

namespace sanad::postgres {
namespace {

using namespace std::string_literals;

TEST_CASE("numbers, bytes and texts have the server's binary form") {
    const auto values = Parameters()
                            .int4(-2)
                            .int4(0x01020304)
                            .int8(-2)
                            .int8(0x0102030405060708)
                            .bytea(span_of("a\0b"s))
                            .text("name")
                            .values();
    REQUIRE(values.size() == 6);
    CHECK(values[0] == "\xff\xff\xff\xfe");
    CHECK(values[1] == "\1\2\3\4");
    CHECK(values[2] == "\xff\xff\xff\xff\xff\xff\xff\xfe");
    CHECK(values[3] == "\1\2\3\4\5\6\7\10");
    CHECK(values[4] == "a\0b"s);
    CHECK(values[5] == "name");
}

TEST_CASE("lists have the server's binary form, also when they are empty or hold no value") {
    const auto values = Parameters()
                            .int4s({1, 2})
                            .byteas({span_of("ab"), std::nullopt, sanad_span{nullptr, 0}})
                            .byteas({})
                            .values();
    REQUIRE(values.size() == 3);
    CHECK(values[0] ==
          "\0\0\0\1\0\0\0\0\0\0\0\x17\0\0\0\2\0\0\0\1\0\0\0\4\0\0\0\1\0\0\0\4\0\0\0\2"s);
    CHECK(values[1] ==
          "\0\0\0\1\0\0\0\1\0\0\0\x11\0\0\0\3\0\0\0\1\0\0\0\2ab\xff\xff\xff\xff\0\0\0\0"s);
    CHECK(values[2] == "\0\0\0\0\0\0\0\0\0\0\0\x11"s);
}

TEST_CASE("what the server refuses because of others is a conflict, to be run again") {
    for (const char* state : {"40001", "40P01", "23505", "22012", "57014", "55P03"})
        CHECK(status_of_state(state) == SANAD_E_CONFLICT);
}

TEST_CASE("every other refusal of the server has its meaning") {
    CHECK(status_of_state("53100") == SANAD_E_FULL);
    CHECK(status_of_state("53200") == SANAD_E_NOMEM);
    CHECK(status_of_state("53300") == SANAD_E_BUSY);
    CHECK(status_of_state("42P01") == SANAD_E_NOT_FOUND);
    CHECK(status_of_state("42501") == SANAD_E_DENIED);
    CHECK(status_of_state("25006") == SANAD_E_DENIED);
    CHECK(status_of_state("28P01") == SANAD_E_DENIED);
    CHECK(status_of_state("57P01") == SANAD_E_CLOSED);
    CHECK(status_of_state("08006") == SANAD_E_CLOSED);
    CHECK(status_of_state("58030") == SANAD_E_IO);
    CHECK(status_of_state("XX001") == SANAD_E_IO);
    CHECK(status_of_state("") == SANAD_E_IO);
}

}  // namespace
}  // namespace sanad::postgres
