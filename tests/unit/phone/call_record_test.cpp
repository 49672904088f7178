#include "tests/unit/phone/played_call.h"

#include <catch2/catch.hpp>

namespace sanad::phone::test {
namespace {

using std::chrono::seconds;

PlayedCall played(const std::vector<std::string>& events) {
    PlayedCall call(flow_of_country("ma"));
    call.play(events);
    return call;
}

}  // namespace

TEST_CASE("a caller who hangs up before anything came of it has abandoned the call") {
    const auto early = played({"started fr", "wait 7", "hung up"});
    CHECK(early.record().outcome == Outcome::abandoned);
    CHECK(early.record().lasted == seconds(7));
    CHECK(early.record().waited == seconds(0));
    CHECK(early.record().silent);
    CHECK(early.record().language == "fr");
    CHECK(early.record().began_ms == PlayedCall::wednesday_morning);

    const auto waiting = played({"started fr", "heard", "wait 10", "press 1", "node yes", "wait 30",
                                 "ringing", "wait 5", "hung up", "wait 100"});
    CHECK(waiting.record().outcome == Outcome::abandoned);
    CHECK(waiting.record().waited == seconds(35));
    CHECK(waiting.record().lasted == seconds(45));
    CHECK_FALSE(waiting.record().silent);
}

TEST_CASE("waiting and talking count as often as they come") {
    const auto call = played({"started fr", "heard", "press 1", "node yes", "wait 20", "bridged",
                              "wait 300", "lost", "heard", "node yes", "wait 10", "ringing",
                              "wait 5", "bridged", "wait 60", "finished", "heard", "hung up"});
    CHECK(call.record().outcome == Outcome::talked);
    CHECK(call.record().waited == seconds(35));
    CHECK(call.record().talked == seconds(360));
}

TEST_CASE("of several things that came of a call the best one counts") {
    CHECK(played({"started full fr", "heard", "press 2", "heard", "speech", "hung up"})
              .record()
              .outcome == Outcome::voicemail);
    CHECK(played({"started fr", "heard", "press 2", "heard", "speech", "press #", "node yes",
                  "press 3", "press 1", "press 1", "press 1", "press 1", "node yes", "hung up"})
              .record()
              .outcome == Outcome::callback);
    CHECK(played({"started fr", "heard", "press 2", "heard", "speech", "press *", "hung up"})
              .record()
              .outcome == Outcome::voicemail);
    CHECK(played({"started fr", "heard", "press 1", "node failed", "press 1", "node yes", "bridged",
                  "hung up"})
              .record()
              .outcome == Outcome::talked);
}

TEST_CASE("a message in which nobody was heard is none") {
    CHECK(played({"started fr", "heard", "press 2", "heard", "hung up"}).record().outcome ==
          Outcome::abandoned);
}

TEST_CASE("what the node refuses or cannot do is told apart") {
    CHECK(played({"started fr", "heard", "press 1", "node closed", "hung up"}).record().outcome ==
          Outcome::closed);
    CHECK(played({"started fr", "heard", "press 1", "node full", "hung up"}).record().outcome ==
          Outcome::refused);
    CHECK(played({"started fr", "heard", "press 1", "node failed", "hung up"}).record().outcome ==
          Outcome::failed);
    CHECK(played({"started fr", "heard", "press 1", "wait 10", "hung up"}).record().outcome ==
          Outcome::failed);
    CHECK(played({"started fr", "heard", "press 4", "press 1234567890123456", "node no", "hung up"})
              .record()
              .outcome == Outcome::abandoned);
}

TEST_CASE("danger is remembered") {
    CHECK(played({"started fr", "press *", "hung up"}).record().danger);
    CHECK_FALSE(played({"started fr", "press 1", "hung up"}).record().danger);
}

TEST_CASE("each outcome has a word of its own") {
    CHECK(word_of(Outcome::abandoned) == "abandoned");
    CHECK(word_of(Outcome::voicemail) == "voicemail");
    CHECK(word_of(Outcome::callback) == "callback");
    CHECK(word_of(Outcome::talked) == "talked");
    CHECK(word_of(Outcome::covered) == "covered");
    CHECK(word_of(Outcome::closed) == "closed");
    CHECK(word_of(Outcome::refused) == "refused");
    CHECK(word_of(Outcome::failed) == "failed");
}

}  // namespace sanad::phone::test
