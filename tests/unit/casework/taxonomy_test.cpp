#include "core/casework/taxonomy.h"

#include <catch2/catch.hpp>

namespace sanad::casework {
namespace {

constexpr std::string_view small =
    "# a comment\n"
    "\n"
    "VI\t\tViolence\tViolences\tعنف\tgroup\n"
    "VI.bullying\tVI\tBullying\tHarcèlement\tتنمر\tnational sensitive\n"
    "VI.other\tVI\tOther\tAutre\tغير ذلك\n";

Fault fault_of(std::string_view text) { return Taxonomy::parse(text).error().fault; }

}  // namespace

TEST_CASE("a taxonomy keeps its terms in the order of the file, with parents and flags") {
    const auto taxonomy = Taxonomy::parse(small);
    REQUIRE(taxonomy);
    REQUIRE(taxonomy->terms().size() == 3);
    CHECK(taxonomy->terms()[1].parent == "VI");
    CHECK(taxonomy->terms()[1].flags == std::vector<std::string>{"national", "sensitive"});
    CHECK(taxonomy->terms()[2].flags.empty());
    CHECK(taxonomy->contains("VI.bullying"));
    CHECK_FALSE(taxonomy->contains("VI.bully"));
    CHECK_FALSE(taxonomy->contains(""));
}

TEST_CASE("a label comes in the reader's language, and an unknown id is its own label") {
    const auto taxonomy = Taxonomy::parse(small).value();
    CHECK(taxonomy.label("VI", "ar") == "عنف");
    CHECK(taxonomy.label("VI", "ar-MA") == "عنف");
    CHECK(taxonomy.label("VI", "ary-Arab") == "عنف");
    CHECK(taxonomy.label("VI", "fr-TN") == "Violences");
    CHECK(taxonomy.label("VI", "fry") == "Violence");
    CHECK(taxonomy.label("VI", "") == "Violence");
    CHECK(taxonomy.label("XX.gone", "fr") == "XX.gone");
}

TEST_CASE("a list with a mistake is refused with the line of the mistake") {
    CHECK(fault_of("") == Fault::bad_size);
    CHECK(fault_of("# nothing\n") == Fault::bad_size);
    CHECK(fault_of("A\t\tOne\tUn\n") == Fault::malformed);
    CHECK(fault_of("A\t\tOne\tUn\tواحد\tx\ty\n") == Fault::malformed);
    CHECK(fault_of("A b\t\tOne\tUn\tواحد\n") == Fault::malformed);
    CHECK(fault_of("\t\tOne\tUn\tواحد\n") == Fault::malformed);
    CHECK(fault_of("A\t\tOne\t\tواحد\n") == Fault::malformed);
    CHECK(fault_of("A\t\tOne\te\xcc\x81t\xc3\xa9\tواحد\n") == Fault::malformed);  // not in form C
    CHECK(fault_of("A\t\tOne\tUn\tواحد\nA\t\tOne\tUn\tواحد\n") == Fault::conflict);
    CHECK(fault_of("A\tB\tOne\tUn\tواحد\n") == Fault::not_found);
    CHECK(fault_of("A\tA\tOne\tUn\tواحد\n") == Fault::not_found);
    CHECK(fault_of("A\t\tOne\tUn\t\xe2\x80\xaeواحد\n") ==
          Fault::malformed);  // turns the line around
    const auto wrong = Taxonomy::parse("# first\nA\t\tOne\tUn\tواحد\nB\t\tTwo\n");
    CHECK(wrong.error().detail == "line 3: columns");
}

TEST_CASE("a taxonomy holds taxonomy_terms_max terms and ids of term_id_bytes_max bytes, no more") {
    const auto lines = [](std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += "t" + std::to_string(i) + "\t\ta\ta\ta\n";
        return text;
    };
    CHECK(Taxonomy::parse(lines(taxonomy_terms_max)));
    CHECK(fault_of(lines(taxonomy_terms_max + 1)) == Fault::bad_size);
    CHECK(Taxonomy::parse(std::string(term_id_bytes_max, 'a') + "\t\ta\ta\ta\n"));
    CHECK(fault_of(std::string(term_id_bytes_max + 1, 'a') + "\t\ta\ta\ta\n") == Fault::malformed);
    const std::string label(term_label_bytes_max, 'a');
    CHECK(Taxonomy::parse("a\t\t" + label + "\ta\ta\n"));
    CHECK(fault_of("a\t\t" + label + "a\ta\ta\n") == Fault::malformed);
    std::string large = "a\t\ta\ta\ta\n#";
    large.resize(taxonomy_bytes_max, ' ');
    CHECK(Taxonomy::parse(large));
    CHECK(fault_of(large + ' ') == Fault::bad_size);
}

TEST_CASE("a node's lists are asked by name, and a name stands once") {
    Taxonomies lists;
    REQUIRE(lists.add("small", small));
    CHECK(lists.contains("small", "VI"));
    CHECK_FALSE(lists.contains("large", "VI"));
    CHECK(lists.find("large") == nullptr);
    CHECK(lists.add("small", small).error().fault == Fault::conflict);
    CHECK(lists.add("bad", "x\n").error().detail == "bad: line 1: columns");
}

}  // namespace sanad::casework
