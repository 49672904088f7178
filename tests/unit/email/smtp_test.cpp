#include "plugins/channels/email/smtp.h"

#include <catch2/catch.hpp>

using sanad::email::fate_of;
using Fate = sanad::email::Sent::Fate;

TEST_CASE("what became of a mail is never said to be better known than it is") {
    CHECK(fate_of(true, 250, true, true) == Fate::taken);
    CHECK(fate_of(false, 450, false, true) == Fate::later);
    CHECK(fate_of(false, 452, true, true) == Fate::later);
    CHECK(fate_of(false, 550, false, true) == Fate::refused);
    CHECK(fate_of(false, 554, true, true) == Fate::refused);
    CHECK(fate_of(false, 535, false, false) == Fate::later);  // our password, not the mail
    CHECK(fate_of(false, 0, false, true) == Fate::later);     // no connection
    CHECK(fate_of(false, 250, false, true) == Fate::later);   // lost before the text
    CHECK(fate_of(false, 354, true, true) == Fate::unknown);  // lost after it
}
