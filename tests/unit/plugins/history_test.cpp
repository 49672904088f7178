#include <conformance/history.hpp>

#include <catch2/catch.hpp>

namespace sanad::conformance {
namespace {

HistoryEvent event(Mark mark, std::vector<SeenList> reads, std::vector<std::string> appends,
                   std::uint64_t began, std::uint64_t ended) {
    return {mark, std::move(reads), std::move(appends), began, ended};
}

TEST_CASE("transactions one after the other have an order") {
    CHECK(contradiction({event(1, {{"a", {}}}, {"a"}, 1, 2), event(2, {{"a", {1}}}, {"a"}, 3, 4),
                         event(3, {{"a", {1, 2}}}, {}, 5, 6)}) == "");
}

TEST_CASE("of two at the same time either may have been the first") {
    CHECK(contradiction({event(1, {{"a", {}}}, {"b"}, 1, 4), event(2, {{"a", {}}}, {"a"}, 2, 3),
                         event(3, {{"a", {2}}, {"b", {1}}}, {}, 5, 6)}) == "");
}

TEST_CASE("two that each overlooked what the other wrote have no order") {
    CHECK(contradiction({event(1, {{"a", {}}, {"b", {}}}, {"a"}, 1, 4),
                         event(2, {{"a", {}}, {"b", {}}}, {"b"}, 2, 3),
                         event(3, {{"a", {1}}, {"b", {2}}}, {}, 5, 6)})
              .find("no order") == 0);
}

TEST_CASE("a reader that saw the later of two writes without the earlier has no place") {
    CHECK(contradiction({event(1, {}, {"a"}, 1, 2), event(2, {}, {"b"}, 3, 4),
                         event(3, {{"a", {}}, {"b", {2}}}, {}, 1, 5),
                         event(4, {{"a", {1}}, {"b", {2}}}, {}, 6, 7)})
              .find("no order") == 0);
}

TEST_CASE("a reader that does not see what ended before it began is found") {
    CHECK(contradiction({event(1, {}, {"a"}, 1, 2), event(2, {{"a", {}}}, {}, 3, 4),
                         event(3, {{"a", {1}}}, {}, 5, 6)})
              .find("no order") == 0);
}

TEST_CASE("a lost, a strange, a doubled and a contradicting mark are found") {
    CHECK(contradiction({event(1, {}, {"a"}, 1, 2), event(2, {{"a", {}}}, {}, 3, 4)}) ==
          "a lost mark of a");
    CHECK(contradiction({event(2, {{"a", {7}}}, {}, 3, 4)}) == "a mark of nobody in a");
    CHECK(contradiction({event(1, {}, {"a"}, 1, 2), event(2, {{"a", {1, 1}}}, {}, 3, 4)}) ==
          "a mark twice in a");
    CHECK(contradiction({event(1, {}, {"a"}, 1, 2), event(2, {}, {"a"}, 1, 2),
                         event(3, {{"a", {2}}}, {}, 1, 2), event(4, {{"a", {1, 2}}}, {}, 3, 4)}) ==
          "two ends of the list a");
    CHECK(contradiction({event(1, {}, {}, 1, 2), event(2, {{"a", {1}}}, {}, 3, 4)}) ==
          "a mark where none was appended: a");
}

TEST_CASE("a list comes back from its value") {
    const std::vector<Mark> marks = {1, 99'999'999, 42};
    CHECK(marks_of(value_of(marks)) == marks);
    CHECK(marks_of("").empty());
}

}  // namespace
}  // namespace sanad::conformance
