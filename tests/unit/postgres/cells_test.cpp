#include "plugins/storage/postgres/cells.h"

#include <catch2/catch.hpp>

namespace sanad::postgres {
namespace {

TEST_CASE("a cell is unknown, absent, read or written, each by its table and key") {
    Cells cells;
    CHECK(cells.find(1, span_of("a")) == nullptr);
    cells.remember(1, span_of("a"), "read");
    cells.remember(1, span_of("b"), std::nullopt);
    cells.write(2, span_of("a"), "written");
    CHECK(**cells.find(1, span_of("a")) == "read");
    CHECK_FALSE(cells.find(1, span_of("b"))->has_value());
    CHECK(**cells.find(2, span_of("a")) == "written");
    CHECK(cells.find(2, span_of("b")) == nullptr);
    CHECK_FALSE(cells.has_writes(1));
    CHECK(cells.has_writes(2));
}

TEST_CASE("what was written is not overwritten by what the server had") {
    Cells cells;
    cells.write(1, span_of("a"), std::nullopt);
    CHECK_FALSE(cells.remember(1, span_of("a"), "old").has_value());
    CHECK_FALSE(cells.find(1, span_of("a"))->has_value());
}

TEST_CASE("a value stays where it is while others are written") {
    Cells cells;
    cells.remember(1, span_of("a"), std::string(100, 'x'));
    const char* at = (*cells.find(1, span_of("a")))->data();
    for (int i = 0; i < 1000; ++i) cells.write(1, span_of(std::to_string(i)), "1");
    CHECK((*cells.find(1, span_of("a")))->data() == at);
}

TEST_CASE("writes are given out once, in one statement for values and one for deletions") {
    Cells cells;
    Batch batch;
    cells.add_writes(batch);
    CHECK(batch.size() == 0);
    cells.remember(1, span_of("a"), "read");
    cells.write(1, span_of("b"), "1");
    cells.write(2, span_of("c"), std::nullopt);
    cells.write(2, span_of("d"), "2");
    cells.add_writes(batch);
    CHECK(batch.size() == 2);
    CHECK_FALSE(cells.has_writes(1));
    CHECK(**cells.find(1, span_of("b")) == "1");
    Batch again;
    cells.add_writes(again);
    CHECK(again.size() == 0);
}

TEST_CASE("many writes are given out in statements of a bounded size") {
    Cells cells;
    for (int i = 0; i < 4097; ++i) cells.write(1, span_of(std::to_string(i)), "1");
    Batch by_rows;
    cells.add_writes(by_rows);
    CHECK(by_rows.size() == 2);
    for (int i = 0; i < 9; ++i)
        cells.write(1, span_of(std::to_string(i)), std::string(1 << 20, 'x'));
    Batch by_bytes;
    cells.add_writes(by_bytes);
    CHECK(by_bytes.size() == 2);
}

}  // namespace
}  // namespace sanad::postgres
